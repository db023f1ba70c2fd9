// What happens when a call would pass a cap: the call is refused, and the run (for a cap of the run) or the agent is paused or
// ended, as on_cap says. A single call that is too large for a call cap is refused and nothing else.
import type { CapCheck, CapState } from '../../core/ledger/caps.ts';
import { capName } from '../../core/ledger/caps.ts';
import { formatUsd } from '../../core/ledger/money.ts';
import type { RunRow } from '../../store/read/runs.ts';
import { type Refused, refused } from '../refusal.ts';
import { killRun } from '../stop/kill-run.ts';
import { pauseAgent } from '../stop/pause-agent.ts';
import { pauseRun } from '../stop/pause-run.ts';
import type { Transaction } from '../transaction.ts';

export interface AtCap {
  readonly state: CapState;
  /** Micro-dollars or a count, by the cap's unit. */
  readonly asked: number;
  readonly left: number;
}

/** The refusal of what does not fit; what would pass a cap stops the run or the agent with it. */
export function refuseAtCap(
  tx: Transaction,
  run: RunRow,
  check: Exclude<CapCheck, { readonly result: 'fits' }>,
): Refused {
  if (check.result === 'open_reservations') {
    const detail = `${describeCap(check)} while other calls are open`;
    return refused('open_reservations', detail, 'try again when they have settled');
  }
  stopAtCap(tx, run, check);
  return refused('over_cap', describeCap(check), hint(run.agent_id, check.state));
}

function hint(agentId: string, { cap, scope }: CapState): string {
  if (scope === 'project')
    return `change ${capName(cap)} in [budget] of governed.toml, then \`governed-agents accept\``;
  if (cap.unit === 'usd')
    return `raise it with \`governed-agents budget raise ${agentId} --tier ${cap.period} --usd X\``;
  return `change ${capName(cap)} in agents/${agentId}/agent.toml, then \`governed-agents accept\``;
}

/** An agent that the accepted rules do not know has no caps, which is not the same as no limit. */
export function noRules(agentId: string): Refused {
  const detail = `the rules in force have no agent ${agentId} any more`;
  return refused('unknown_agent', detail, 'put it back and `governed-agents accept`, or end the run');
}

export function noBudget(agentId: string): Refused {
  return refused(
    'no_budget',
    `${agentId} has no budget, and nothing is spent without one`,
    `set run_usd or day_usd in [budget] of agents/${agentId}/agent.toml, or start the run with --budget-usd`,
  );
}

function stopAtCap(tx: Transaction, run: RunRow, at: AtCap): void {
  const { cap, scope, posted, reserved } = at.state;
  if (cap.period === 'call') return;
  tx.emit({
    eventType: 'budget_paused',
    actor: { kind: 'server', id: null },
    agentId: run.agent_id,
    runId: run.id,
    tier: run.tier,
    payload: { scope, cap: capName(cap), limit: cap.limit, posted, reserved, asked: at.asked, left: at.left },
  });
  const reason = describeCap(at);
  const actor = { kind: 'server', id: null } as const;
  const onCap = tx.rules.agents.get(run.agent_id)?.budget.onCap ?? tx.rules.projectBudget.onCap;
  if (onCap === 'end') killRun(tx, { runId: run.id, reason, actor, status: 'over_budget' });
  else if (scope === 'run') pauseRun(tx, { runId: run.id, reason, source: 'cap', actor });
  else pauseAgent(tx, { agentId: run.agent_id, reason, source: 'cap', actor });
}

/** "over run_usd: asks for up to $0.81, $0.02 of $0.50 left". */
export function describeCap(at: AtCap): string {
  const { cap } = at.state;
  const show = (amount: number): string => (cap.unit === 'usd' ? formatUsd(amount) : String(amount));
  const unit = cap.unit === 'usd' ? '' : ` ${cap.unit}`;
  return `over ${capName(cap)}: asks for up to ${show(at.asked)}${unit}, ${show(at.left)} of ${show(cap.limit)} left`;
}
