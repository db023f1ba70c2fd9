// The cap in dollars that a live run stands under now, raises included: the tightest of its own, its agent's and the project's for one run.
import type { WireBudget, WireRunBudgets } from '../../server/wire/record.ts';
import { clientOf } from '../client.ts';
import type { Project } from '../project.ts';

const LIMIT_MS = 2_000;

/** Micro-dollars; null when there is none, or the server does not say. */
export async function readRunCap(project: Project, agentId: string, runId: string): Promise<number | null> {
  const answer = await clientOf(project).get(`/budget/${encodeURIComponent(agentId)}`, LIMIT_MS);
  if (answer.result !== 'ok') return null;
  const { live_runs: live } = answer.body as Partial<WireBudget & WireRunBudgets>;
  const tiers = live?.find((run) => run.run_id === runId)?.tiers ?? [];
  const caps = tiers.filter(({ tier, unit, scope }) => tier === 'run' && unit === 'usd' && scope === 'run');
  return caps.length === 0 ? null : Math.min(...caps.map(({ cap }) => cap));
}
