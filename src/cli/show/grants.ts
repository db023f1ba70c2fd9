// Standing approvals as a table, and one as a sentence: what it covers and what is left of it.
import { visibleLine } from '../../core/visible-text.ts';
import type { WireGrant } from '../../server/wire/grant.ts';
import type { Paint } from '../terminal.ts';
import { tableText } from './table.ts';
import { ago, count, dollars, localTime, plural } from './words.ts';

export function grantsText(grants: readonly WireGrant[], nowMs: number, paint: Paint): string {
  if (grants.length === 0) return 'No grant. `governed-agents grants add ACTION --uses N` gives one.';
  return tableText(
    [
      { title: 'grant' },
      { title: 'status' },
      { title: 'covers' },
      { title: 'agent' },
      { title: 'uses left', align: 'right' },
      { title: 'money left', align: 'right' },
      { title: 'until' },
    ],
    grants.map((grant) => [
      grant.grant_id,
      statusText(grant, paint),
      coversText(grant, paint),
      visibleLine(grant.agent_id ?? 'all'),
      `${count(grant.uses_left)} of ${count(grant.uses)}`,
      moneyLeft(grant),
      `${localTime(grant.until)} (${ago(grant.until, nowMs)})`,
    ]),
    paint,
  );
}

/** "send_email of noop, 20 times, up to $2.00, until 2026-11-20 18:00:00". */
export function grantSentence(grant: WireGrant, paint: Paint): string {
  const agent = grant.agent_id === null ? 'any agent' : visibleLine(grant.agent_id);
  const money = grant.cap_micro_usd === null ? '' : `, up to ${dollars(grant.cap_micro_usd)}`;
  const run = grant.run_id === null ? '' : ` in ${grant.run_id}`;
  return `${coversText(grant, paint)} of ${agent}${run}, ${plural(grant.uses, 'time')}${money}, until ${localTime(grant.until)}`;
}

function statusText(grant: WireGrant, paint: Paint): string {
  const words = grant.status.replace('_', ' ');
  return grant.status === 'active' ? paint.green(words) : paint.dim(words);
}

function coversText(grant: WireGrant, paint: Paint): string {
  const resource = grant.resource === null ? '' : ` on ${visibleLine(grant.resource)}`;
  const when = grant.when === null ? '' : ` when ${visibleLine(JSON.stringify(grant.when))}`;
  const irreversible = grant.irreversible ? ', irreversible ones too' : '';
  return `${paint.bold(visibleLine(grant.action_type))}${resource}${when}${irreversible}`;
}

function moneyLeft(grant: WireGrant): string {
  if (grant.cap_micro_usd === null) return 'no bound';
  const left = Math.max(0, grant.cap_micro_usd - grant.spent_micro_usd);
  return `${dollars(left)} of ${dollars(grant.cap_micro_usd)}`;
}
