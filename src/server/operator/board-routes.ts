// The overview: every agent with its spend against its caps, and its budget alone, for people and for the run whose budget it is.
import { toUsd } from '../../core/ledger/money.ts';
import { toRfc3339 } from '../../core/time.ts';
import { agentStatus } from '../../governor/ledger/agent-status.ts';
import type { CapView } from '../../governor/ledger/cap-states.ts';
import { PROJECT_SCOPE } from '../../governor/ledger/spend-scope.ts';
import { type AgentRow, readAgents } from '../../store/read/agents.ts';
import { readBalance } from '../../store/read/ledger.ts';
import { countUnknownByAgent } from '../../store/read/proposals.ts';
import { type RunRow, readPausedRuns } from '../../store/read/runs.ts';
import { json } from '../answer.ts';
import { type CapsContext, capsNow } from '../caps-now.ts';
import type { ServerContext } from '../context.ts';
import { ownRunOf } from '../identity/identity.ts';
import { agentBudget, presentGroups, projectTiers } from '../present/budget.ts';
import { runBudgets } from '../present/run-budgets.ts';
import { runCapOfAgent } from '../present/run-cap.ts';
import { problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import type { WireScoreboard, WireScoreboardRow } from '../wire/record.ts';

/** What the overview is made of. */
export type BoardContext = CapsContext & Pick<ServerContext, 'projectId'>;

export function boardRoutes(context: ServerContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/scoreboard',
      who: ['operator', 'viewer'],
      body: null,
      query: null,
      handle: () => json(scoreboard(context)),
    }),
    route({
      method: 'GET',
      path: '/agents',
      who: ['operator', 'viewer'],
      body: null,
      query: null,
      handle: () => json({ items: agents(context), next_cursor: null }),
    }),
    route({
      method: 'GET',
      path: '/budget/:id',
      who: ['operator', 'viewer', 'run', 'agent'],
      body: null,
      query: null,
      handle({ identity, param }) {
        const run = ownRunOf(identity);
        const agentId = param('id');
        if (run !== null && run.agent_id !== agentId)
          return problem(403, 'not_yours', `this run belongs to ${run.agent_id}`);
        if (!agentIds(context).includes(agentId))
          return problem(404, 'unknown_agent', `there is no agent ${agentId}`);
        const caps = capsNow(context);
        const { wire } = agentBudget(caps, agentId, run);
        return json(run === null ? { ...wire, ...runBudgets(caps, agentId) } : wire);
      },
    }),
  ];
}

export function agentIds(context: BoardContext): string[] {
  const known = readAgents(context.store).map((row) => row.id);
  return [...new Set([...(context.rules.current()?.rules.agents.keys() ?? []), ...known])].sort();
}

export function scoreboard(context: BoardContext): WireScoreboard {
  const caps = capsNow(context);
  const { store, nowMs } = caps;
  const rows = new Map(readAgents(store).map((row) => [row.id, row]));
  const waits = { paused: readPausedRuns(store), unknown: countUnknownByAgent(store) };
  const project = readBalance(store, PROJECT_SCOPE);
  return {
    items: agentIds(context).map((id) => boardRow(caps, id, rows.get(id) ?? null, waits)),
    project: {
      project_id: context.projectId,
      spent_micro_usd: project.posted_usd,
      usd_consumed: toUsd(project.posted_usd),
      reserved_micro_usd: project.reserved_usd,
      tiers: projectTiers(caps),
    },
    groups: presentGroups(caps),
    as_of: toRfc3339(nowMs),
  };
}

/** What waits for a person beside proposals, of all agents: seldom more than a few. */
interface Waits {
  readonly paused: readonly RunRow[];
  readonly unknown: ReadonlyMap<string, number>;
}

function boardRow(caps: CapView, agentId: string, row: AgentRow | null, waits: Waits): WireScoreboardRow {
  const { wire, balance, headline } = agentBudget(caps, agentId);
  const accepted = caps.rules?.agents.get(agentId);
  return {
    agent_id: agentId,
    purpose: accepted?.purpose ?? null,
    status: wire.status,
    paused_reason: row?.pause_reason ?? null,
    pause_source: row?.pause_source ?? null,
    tier: row?.tier ?? null,
    tier_reason: row?.tier_reason ?? null,
    key_in_agent: accepted?.auth === 'subscription',
    usd_consumed: wire.usd_consumed,
    spent_micro_usd: wire.spent_micro_usd,
    reserved_micro_usd: wire.reserved_micro_usd,
    usd_cap: wire.usd_cap,
    cap_tier: headline?.cap.period ?? null,
    ...runCapOfAgent(caps, agentId),
    tokens_consumed: wire.tokens_consumed,
    tokens: balance.posted_tokens,
    remaining_pct: wire.remaining_pct,
    llm_calls: balance.posted_llm_calls,
    tool_calls: balance.posted_tool_calls,
    runs: row?.runs ?? 0,
    runs_live: row?.runs_live ?? 0,
    ...pausedRuns(waits.paused.filter((run) => run.agent_id === agentId)),
    proposals: row?.proposals ?? 0,
    proposals_pending: row?.proposals_pending ?? 0,
    proposals_unknown: waits.unknown.get(agentId) ?? 0,
    proposals_approved: row?.proposals_approved ?? 0,
    proposals_refused: row?.proposals_refused ?? 0,
    pauses: row?.pauses ?? 0,
    flags: row?.flags ?? 0,
  };
}

function pausedRuns(runs: readonly RunRow[]): Pick<WireScoreboardRow, 'runs_paused' | 'paused_run'> {
  const newest = runs.findLast(({ pause_source: source }) => source !== 'agent');
  return {
    runs_paused: runs.length,
    paused_run:
      newest === undefined
        ? null
        : { run_id: newest.id, paused_reason: newest.pause_reason, pause_source: newest.pause_source },
  };
}

function agents(context: BoardContext): unknown[] {
  const caps = capsNow(context);
  const rows = new Map(readAgents(context.store).map((row) => [row.id, row]));
  return agentIds(context).map((id) => {
    const row = rows.get(id);
    const accepted = caps.rules?.agents.get(id);
    return {
      agent_id: id,
      status: agentStatus(caps, id),
      paused_reason: row?.pause_reason ?? null,
      pause_source: row?.pause_source ?? null,
      tier: row?.tier ?? null,
      tier_reason: row?.tier_reason ?? null,
      runs_live: row?.runs_live ?? 0,
      accepted: accepted !== undefined,
      adapter: accepted?.adapter ?? null,
      risk: accepted?.risk ?? null,
      purpose: accepted?.purpose ?? null,
      model: accepted?.model ?? null,
      auth: accepted?.auth ?? null,
      labels: accepted?.labels ?? {},
      tasks: accepted === undefined ? [] : [...accepted.tasks.keys()].sort(),
      agent_version: accepted?.version ?? null,
    };
  });
}
