// What happens when a call would pass a cap: the call is refused, and the run (for a cap of the run or its group) or the agent is paused
// or ended, as on_cap beside that cap says. A single call that is too large for a call cap is refused and nothing else.
import { type CapCheck, capName } from '../../core/ledger/caps.ts';
import type { Rules } from '../../core/rules/rules.ts';
import type { RunRow } from '../../store/read/runs.ts';
import { type Refused, refused } from '../refusal.ts';
import { killRun } from '../stop/kill-run.ts';
import { pauseAgent } from '../stop/pause-agent.ts';
import { pauseRun } from '../stop/pause-run.ts';
import type { Transaction } from '../transaction.ts';
import { budgetOf } from './cap-states.ts';
import { type AtCap, describeCap, howToRaise, type WhoseCap } from './how-to-raise.ts';

/** The refusal of what does not fit; what would pass a cap stops the run or the agent with it. */
export function refuseAtCap(tx: Transaction, run: RunRow, check: NoFit): Refused {
  if (check.result === 'over') stopAtCap(tx, run, check, describeCap(run, check));
  return whyAtCap(run, check);
}

type NoFit = Exclude<CapCheck, { readonly result: 'fits' }>;

export function whyAtCap(run: WhoseCap, check: NoFit): Refused {
  const over = describeCap(run, check);
  if (check.result === 'over') return refused('over_cap', over, howToRaise(run, check));
  const detail = `${over} while other calls are open`;
  return refused('open_reservations', detail, 'try again when they have settled');
}

/** What a run needs of the rules in force: an agent or a group that they do not know has no caps, which is not the same as no limit. */
export function whyNoRules(rules: Rules, run: Pick<RunRow, 'agent_id' | 'group_name'>): Refused | null {
  const { agent_id: agent, group_name: group } = run;
  const instead = 'put it back and `governed-agents accept`, or end the run';
  if (!rules.agents.has(agent))
    return refused('unknown_agent', `the rules in force have no agent ${agent} any more`, instead);
  if (group === null || rules.groups.has(group)) return null;
  return refused('unknown_group', `the rules in force have no group ${group} any more`, instead);
}

export function noBudget(agentId: string): Refused {
  return refused(
    'no_budget',
    `${agentId} has no budget, and nothing is spent without one`,
    `set run_usd or day_usd in [budget] of agents/${agentId}/agent.toml and \`governed-agents accept\`, or start the run with --budget-usd`,
  );
}

/** Pauses or ends what the cap holds for, as on_cap says. */
export function stopAtCap(tx: Transaction, run: RunRow, at: AtCap, reason: string): void {
  const { cap, scope, owner, posted, reserved } = at.state;
  if (cap.period === 'call') return;
  const { onCap } = budgetOf(tx.rules, run, at.state);
  tx.emit({
    eventType: 'budget_paused',
    actor: { kind: 'server', id: null },
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: {
      scope,
      owner,
      ...(owner === 'group' ? { group: run.group_name } : {}),
      on_cap: onCap,
      cap: capName(cap),
      limit: cap.limit,
      posted,
      reserved,
      asked: at.asked,
      left: at.left,
    },
  });
  const actor = { kind: 'server', id: null } as const;
  if (onCap === 'end') {
    killRun(tx, { runId: run.id, reason, actor, status: 'over_budget' });
    return;
  }
  // Wherever a person reads why it waits, they read what lets it go on.
  const waits = `${reason}; ${howToRaise(run, at)}`;
  if (scope === 'run' || scope === 'group')
    pauseRun(tx, { runId: run.id, reason: waits, source: 'cap', actor });
  else pauseAgent(tx, { agentId: run.agent_id, reason: waits, source: 'cap', actor });
}
