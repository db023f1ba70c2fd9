// How everything stands: server, watchdog, mirror, kill switch, rules, and the counts that a person looks for first.
import { BEAT_STALE_MS, readStopMark, readStopReason } from '../../config/entry.ts';
import { toRfc3339 } from '../../core/time.ts';
import { capView } from '../../governor/ledger/cap-states.ts';
import { readBeat } from '../../process/entry.ts';
import { readAgents } from '../../store/read/agents.ts';
import { readTip } from '../../store/read/events.ts';
import { readKillSwitch, readMeta, readRuleSet } from '../../store/read/meta.ts';
import { countByStatus } from '../../store/read/proposals.ts';
import { countLiveAdvisoryRuns, countLiveRuns, countPausedRuns } from '../../store/read/runs.ts';
import { json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { presentGroups } from '../present/budget.ts';
import { presentConfinement } from '../present/confinement.ts';
import { presentRulesProblem } from '../present/rules-problem.ts';
import { type Route, route } from '../route.ts';
import type { WireStatus } from '../wire/record.ts';

export function statusRoutes(context: ServerContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/health',
      who: ['public'],
      body: null,
      query: null,
      handle: () => json({ ok: true }),
    }),
    route({
      method: 'GET',
      path: '/status',
      who: ['operator', 'viewer'],
      body: null,
      query: null,
      handle: () => json(status(context)),
    }),
  ];
}

const UNRECORDED =
  'everything was stopped and that is not in the record yet, because the store can’t be written: make room, or see who holds it with `governed-agents doctor`';

function status(context: ServerContext): WireStatus {
  const { store } = context;
  const nowMs = context.clock();
  const beat = readBeat(context.layout.watchdogBeat, nowMs, BEAT_STALE_MS);
  const killSwitch = readKillSwitch(store);
  const mark = readStopMark(context.layout.dir);
  const hash = readMeta(store, 'rules_hash');
  const acceptedAtMs = hash === null ? null : (readRuleSet(store, hash)?.accepted_at_ms ?? null);
  const mirror = context.mirror();
  const tip = readTip(store);
  const agents = readAgents(store);
  const known = new Set([
    ...agents.map((agent) => agent.id),
    ...(context.rules.current()?.rules.agents.keys() ?? []),
  ]);
  const sum = (pick: (agent: (typeof agents)[number]) => number): number =>
    agents.reduce((total, agent) => total + pick(agent), 0);
  return {
    version: context.version,
    project_id: context.projectId,
    project_dir: context.projectDir,
    state_dir: context.layout.dir,
    server: { up: true, pid: process.pid, port: context.port, started_at: toRfc3339(context.startedAtMs) },
    watchdog: {
      alive: beat.state === 'alive',
      pid: 'id' in beat ? beat.id.pid : null,
      age_ms: 'ageMs' in beat ? Math.round(beat.ageMs) : null,
    },
    kill_switch: {
      on: killSwitch.on || mark === 'kill',
      reason: killSwitch.on || mark !== 'kill' ? killSwitch.reason : readStopReason(context.layout.dir),
      since: killSwitch.sinceMs === null ? null : toRfc3339(killSwitch.sinceMs),
    },
    rules: {
      hash,
      accepted_at: acceptedAtMs === null ? null : toRfc3339(acceptedAtMs),
      changed: context.changes.changed,
      problems: context.changes.problems.map(presentRulesProblem),
    },
    mirror: { ok: mirror.ok, lag: mirror.lag, problem: mirror.ok ? null : mirror.problem },
    confinement: presentConfinement(store),
    record: { seq: tip.seq, hash: tip.hash },
    counts: {
      agents: known.size,
      agents_paused: agents.filter((agent) => agent.status === 'paused' || agent.status === 'killed').length,
      runs_live: countLiveRuns(store),
      runs_live_advisory: countLiveAdvisoryRuns(store),
      runs_paused: countPausedRuns(store),
      runs_total: sum((agent) => agent.runs),
      proposals_pending: countByStatus(store, 'pending'),
      proposals_unknown: countByStatus(store, 'unknown'),
      flags: sum((agent) => agent.flags),
    },
    groups: presentGroups(capView(store, context.rules.current()?.rules ?? null, nowMs)),
    warnings: mark === 'none' ? context.warnings() : [...context.warnings(), UNRECORDED],
    as_of: toRfc3339(nowMs),
  };
}
