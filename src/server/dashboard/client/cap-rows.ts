// Which caps are listed for an agent, in which order, and whom a raise of each is for.
import type { WireBudget, WireBudgetTier, WireRunBudgets } from '../../wire/record.ts';
import { type CapHolder, capWords } from './cap-words.ts';

export interface CapRow {
  readonly key: string;
  readonly tier: WireBudgetTier;
  readonly name: string;
  /** What it holds for, where that is not said above the list. */
  readonly of: string | null;
  /** Something stands against it: not so for what begins anew with each call or run. */
  readonly isCounted: boolean;
  /** Whose standing it shows, of a cap that each run has by itself. */
  readonly runId: string | null;
  readonly holder: CapHolder;
}

/** The agent's own first, then each live run's, then what it shares. */
export function capRows(budget: WireBudget & WireRunBudgets): readonly CapRow[] {
  const agent: CapHolder = { kind: 'agent', agentId: budget.agent_id };
  const row = (tier: WireBudgetTier, over: Partial<CapRow> = {}): CapRow => ({
    key: `${over.name} ${tier.owner} ${tier.tier} ${tier.unit}`,
    tier,
    name: capWords(tier),
    of: null,
    isCounted: true,
    runId: null,
    holder: tier.owner === 'project' ? { kind: 'project' } : agent,
    ...over,
  });
  const own = budget.tiers.filter((tier) => tier.scope === 'agent');
  const shared = budget.tiers.filter((tier) => tier.scope === 'project');
  // What is shared by a group stands with the group.
  const ofRuns = budget.live_runs.flatMap((run) =>
    run.tiers
      .filter((tier) => tier.scope === 'run' && tier.tier !== 'call')
      .map((tier) => row(tier, { name: runName(run.run_id), of: run.task, runId: run.run_id })),
  );
  return [
    ...own.map((tier) => row(tier)),
    ...budget.each_run.map((tier) => row(tier, { isCounted: false })),
    ...ofRuns,
    ...shared.map((tier) => row(tier, { of: 'whole project' })),
  ];
}

/** The end of an id is what tells two runs apart. */
function runName(runId: string): string {
  return `run …${runId.slice(-6)}`;
}
