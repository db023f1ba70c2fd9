// Standing approvals as a table, and one as a sentence: what it covers and what is left of it.
import { formatUsdLimit, formatUsdOf } from '../../core/ledger/money.ts';
import { visibleLine } from '../../core/visible-text.ts';
import type { WireGrant } from '../../server/wire/grant.ts';
import { outputWidth, type Paint } from '../terminal.ts';
import { foldedWords } from './folded-words.ts';
import { shownWidth } from './shown-width.ts';
import { right, tableText } from './table.ts';
import { ago, count, localTime, plural } from './words.ts';

/** Where a line has no room for all of it, what each covers and until when stands below it. */
export function grantsText(
  grants: readonly WireGrant[],
  nowMs: number,
  paint: Paint,
  width = outputWidth(),
): string {
  if (grants.length === 0) return 'No grant. `governed-agents grants add ACTION --uses N` gives one.';
  const whole = tableText(
    [
      { title: 'grant' },
      { title: 'status' },
      { title: 'covers' },
      { title: 'agent' },
      right('uses left'),
      right('money left'),
      { title: 'until' },
    ],
    grants.map((grant) => [
      grant.grant_id,
      statusText(grant, paint),
      coversText(grant, paint),
      visibleLine(grant.agent_id ?? 'all'),
      usesLeft(grant),
      moneyLeft(grant),
      `${localTime(grant.until)} (${ago(grant.until, nowMs)})`,
    ]),
    paint,
  );
  if (whole.split('\n').every((row) => shownWidth(row) <= width)) return whole;
  const [head = '', ...rows] = tableText(
    [{ title: 'grant' }, { title: 'status' }, right('uses left'), right('money left', 0)],
    grants.map((grant) => [grant.grant_id, statusText(grant, paint), usesLeft(grant), moneyLeft(grant)]),
    paint,
    width,
  ).split('\n');
  const below = grants.map((grant) =>
    foldedWords(`  ${scopeText(grant, paint)}, until ${localTime(grant.until)}`, width),
  );
  return [head, ...rows.flatMap((row, index) => [row, below[index] ?? ''])].join('\n');
}

/** "send_email of noop, 20 times, up to $2.00, until 2026-11-20 18:00:00". */
export function grantSentence(grant: WireGrant, paint: Paint): string {
  const money = grant.cap_micro_usd === null ? '' : `, up to ${formatUsdLimit(grant.cap_micro_usd)}`;
  return `${scopeText(grant, paint)}, ${plural(grant.uses, 'time')}${money}, until ${localTime(grant.until)}`;
}

/** What, by whom, and in which run alone. */
function scopeText(grant: WireGrant, paint: Paint): string {
  const agent = grant.agent_id === null ? 'any agent' : visibleLine(grant.agent_id);
  const run = grant.run_id === null ? '' : ` in ${grant.run_id}`;
  return `${coversText(grant, paint)} of ${agent}${run}`;
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

function usesLeft({ uses_left: left, uses }: WireGrant): string {
  return `${count(left)} of ${count(uses)}`;
}

function moneyLeft(grant: WireGrant): string {
  if (grant.cap_micro_usd === null) return 'no bound';
  const left = Math.max(0, grant.cap_micro_usd - grant.spent_micro_usd);
  return `${formatUsdOf(left, grant.cap_micro_usd)} of ${formatUsdLimit(grant.cap_micro_usd)}`;
}
