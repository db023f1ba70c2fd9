// What one run may spend, in dollars, whatever its agent still has left: the tightest cap that begins anew with each run.
import type { CapView } from '../../governor/ledger/cap-states.ts';
import { type SpendScope, scopeOfRun } from '../../governor/ledger/spend-scope.ts';
import { findRuns } from '../../store/read/runs.ts';
import type { WireScoreboardRow } from '../wire/record.ts';

/** No run has it, so nothing stands against its caps. */
const FRESH_RUN = '';

/** What a run of the agent has before anything is spent of it. */
export function freshRun(agentId: string): SpendScope {
  return { agentId, runId: FRESH_RUN, runUsdCap: null, group: null };
}

/** Micro-dollars; null: no such cap holds. */
export function runCap(caps: CapView, spend: SpendScope): number | null {
  const limits = caps
    .of(spend)
    .filter(({ cap, scope }) => scope === 'run' && cap.period === 'run' && cap.unit === 'usd')
    .map(({ cap }) => cap.limit);
  return limits.length === 0 ? null : Math.min(...limits);
}

/** What the rules give each run of the agent; where they give none, what was said when its newest run was started, as `exec` always does. */
export function runCapOfAgent(
  caps: CapView,
  agentId: string,
): Pick<WireScoreboardRow, 'run_cap_micro_usd' | 'run_cap_of'> {
  const each = runCap(caps, freshRun(agentId));
  if (each !== null) return { run_cap_micro_usd: each, run_cap_of: 'each_run' };
  const [newest] = findRuns(caps.store, { agentId, limit: 1 });
  const said = newest === undefined ? null : runCap(caps, scopeOfRun(newest));
  return { run_cap_micro_usd: said, run_cap_of: said === null ? null : 'newest_run' };
}
