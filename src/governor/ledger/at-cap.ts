// What happens when a call would pass a cap: the call is refused, and the run (for a cap of the run) or the agent is paused or
// ended, as on_cap says. A single call that is too large for a call cap is refused and nothing else.
import type { CapState } from '../../core/ledger/caps.ts';
import { capName } from '../../core/ledger/caps.ts';
import { toUsd } from '../../core/ledger/money.ts';
import type { RunRow } from '../../store/read/runs.ts';
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

export function stopAtCap(tx: Transaction, run: RunRow, at: AtCap): void {
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
  const show = (amount: number): string => (cap.unit === 'usd' ? `$${trim(toUsd(amount))}` : String(amount));
  const unit = cap.unit === 'usd' ? '' : ` ${cap.unit}`;
  return `over ${capName(cap)}: asks for up to ${show(at.asked)}${unit}, ${show(at.left)} of ${show(cap.limit)} left`;
}

function trim(usd: number): string {
  return usd >= 0.01 || usd === 0 ? usd.toFixed(2) : usd.toFixed(6).replace(/0+$/, '');
}
