// "Approve the next N like this": a grant for the action, agent and target of one proposal, with bounds that the person sets. The
// proposal itself is decided apart from it.
import { grantTarget } from '../core/grant/grant-target.ts';
import { formatUsdLimit } from '../core/ledger/money.ts';
import { visibleLine } from '../core/visible-text.ts';
import type { WireProposal } from '../server/wire/proposal.ts';
import { confirmed, isGrave } from './approve.ts';
import { askLine, askYesNo } from './ask.ts';
import { type GrantWish, giveGrant, untilText, usdOption, usesOption } from './grant.ts';
import type { Output } from './output.ts';
import type { Project } from './project.ts';
import { grantSentence } from './show/grants.ts';
import { localTime, plural } from './show/words.ts';

/** True when it was granted. */
export async function grantLikeThis(
  project: Project,
  output: Output,
  proposal: WireProposal,
): Promise<boolean> {
  if (proposal.requires_approval === true) {
    output.note('The agent asks for a person each time it proposes this: no grant covers that.');
    return false;
  }
  if (isGrave(proposal) && !(await confirmed(proposal, null))) return false;
  const wish = await askBounds(proposal);
  if (wish === null) return false;
  const on = wish.resource === undefined ? 'on anything' : `on ${visibleLine(wish.resource)}`;
  const grave = wish.irreversible === true ? ', irreversible ones too' : '';
  const much = wish.usd === undefined ? '' : `, ${formatUsdLimit(wish.usd * 1e6)} in all`;
  const until = `, until ${localTime(wish.until)}`;
  const what = `${visibleLine(wish.action_type)} ${on}${grave}, ${plural(wish.uses, 'more time')}${much}${until}`;
  if (!(await askYesNo(`Approve this one, and without asking ${what}?`))) return false;
  const grant = await giveGrant(project, wish);
  output.note(`granted: ${grantSentence(grant, output.paintErr)} (${grant.grant_id})`);
  return true;
}

/** Null when the input ended. */
async function askBounds(proposal: WireProposal): Promise<(GrantWish & { readonly until: string }) | null> {
  const target = grantTarget(proposal.action_type, proposal.payload);
  const uses = await askLine('how many more times [5]: ');
  const until = uses === null ? null : await askLine('until (18:00, 2h) [2h]: ');
  // A bound on money covers nothing that states no cost.
  const hasCost = proposal.expected_cost_micro_usd !== null;
  const money = hasCost ? () => askLine('for how many dollars in all (Enter: no bound): ') : () => '';
  const usd = until === null ? null : await money();
  const on =
    usd === null
      ? null
      : await askLine(
          target === null ? 'on what only (Enter: anything): ' : `on what only [${visibleLine(target)}]: `,
        );
  if (uses === null || until === null || usd === null || on === null) return null;
  const resource = on === '' ? target : on;
  return {
    action_type: proposal.action_type,
    uses: usesOption(uses === '' ? '5' : uses),
    until: untilText(until === '' ? '2h' : until, Date.now()),
    ...(usd === '' ? {} : { usd: usdOption(usd) }),
    ...(resource === null ? {} : { resource }),
    ...(proposal.agent_id === null ? {} : { agent_id: proposal.agent_id }),
    ...(proposal.reversible === false ? { irreversible: true } : {}),
    note: `like ${proposal.proposal_id}`,
  };
}
