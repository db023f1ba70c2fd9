// Watches the other processes by their heartbeats. A run whose runner is dead is ended as lost, its tree with it; one whose runner does
// not answer stands still until it does. A server that is gone is only noted: its runs go on under the watchdog.
import { BEAT_STALE_MS, type StateLayout } from '../config/state-layout.ts';
import { judgeRunner, type RunnerReading } from '../core/watch/runner-lost.ts';
import { endRun } from '../governor/run/end-run.ts';
import { pauseRun } from '../governor/stop/pause-run.ts';
import { resumeRun } from '../governor/stop/resume-run.ts';
import { WATCHDOG } from '../governor/stop/watchdog-actor.ts';
import { recordWatchdogWarning } from '../governor/stop/watchdog-warning.ts';
import { isAlive, readBeat } from '../process/entry.ts';
import { readRun } from '../store/read/runs.ts';
import type { LateRecords } from './late-records.ts';
import type { Notices } from './notices.ts';
import type { Roster } from './roster.ts';
import type { Stopper } from './stop.ts';
import type { StoreLink } from './store-link.ts';
import { nameOf, type WatchedRun } from './watched-run.ts';

export interface Supervisor {
  checkRunners(): void;
  checkServer(): void;
}

const SERVER_GONE_AFTER_MS = 5_000;
const SERVER = 'server';

export function createSupervisor(
  layout: StateLayout,
  around: {
    readonly link: StoreLink;
    readonly roster: Roster;
    readonly stopper: Stopper;
    readonly records: LateRecords;
    readonly notices: Notices;
  },
): Supervisor {
  const { link, roster, stopper, records, notices } = around;
  let serverGoneSinceMs: number | null = null;

  const lose = (run: WatchedRun): void => {
    // A runner that ended its run and went is not lost: the store may know that already.
    const row = link.read('look at a run', ({ store }) => readRun(store, run.id));
    if (row !== null && row.ended_at_ms !== null) return;
    const why = 'its runner died without ending it';
    stopper.stop({
      key: `lost ${run.id}`,
      level: 'kill',
      runs: [run],
      sinceMs: Date.now(),
      what: `the end of ${nameOf(run)} as lost`,
      why,
      mark: { dir: run.layout.dir, mark: 'kill', why },
      record: (timing) => (tx) => {
        const detail = { rule: 'runner_lost', ...timing };
        return endRun(tx, {
          runId: run.id,
          status: 'lost',
          reason: why,
          exitCode: null,
          actor: WATCHDOG,
          detail,
        });
      },
    });
  };

  const suspend = (run: WatchedRun): void => {
    stopper.enforce([run]);
    const reason = 'its runner does not answer; it goes on when the runner does';
    const evidence = { rule: 'runner_lost' };
    notices.begin(`stale ${run.id}`, `${nameOf(run)} stands still: ${reason}`);
    if (run.row?.status === 'paused') return;
    records.add({
      key: `suspend ${run.id}`,
      runIds: [],
      what: `the suspension of ${nameOf(run)}`,
      mark: null,
      record: (tx) =>
        pauseRun(tx, { runId: run.id, reason, source: 'supervisor', actor: WATCHDOG, evidence }),
    });
  };

  const lift = (run: WatchedRun): void => {
    records.drop(`suspend ${run.id}`);
    notices.over(`stale ${run.id}`, `the runner of ${nameOf(run)} answers again`);
    if (run.row?.status !== 'paused' || run.row.pause_source !== 'supervisor') return;
    records.add({
      key: `lift ${run.id}`,
      runIds: [],
      what: `the end of the suspension of ${nameOf(run)}`,
      mark: null,
      record: (tx) => {
        // Somebody else may have paused it meanwhile, and that pause is not ours to lift.
        const isOurs = readRun(tx.store, run.id)?.pause_source === 'supervisor';
        return isOurs && resumeRun(tx, { runId: run.id, actor: WATCHDOG });
      },
    });
  };

  return {
    checkRunners() {
      const nowMs = performance.now();
      for (const run of roster.all()) {
        if (run.ending) continue;
        run.supervision = judgeRunner(run.supervision, readRunner(run), nowMs);
        const { supervision } = run.supervision;
        if (supervision === 'lost') lose(run);
        else if (supervision === 'stale') suspend(run);
        else if (supervision === 'supervised') lift(run);
      }
    },
    checkServer() {
      if (roster.all().length === 0) return;
      if (readBeat(layout.serverBeat, Date.now(), BEAT_STALE_MS).state === 'alive') {
        serverGoneSinceMs = null;
        notices.over(SERVER, 'the server is back');
        return;
      }
      serverGoneSinceMs ??= performance.now();
      if (performance.now() - serverGoneSinceMs < SERVER_GONE_AFTER_MS) return;
      const reason = 'the server is gone or hangs; live runs go on under the watchdog';
      notices.begin(SERVER, reason, () =>
        records.add({
          key: SERVER,
          runIds: [],
          what: 'the warning about the server',
          mark: null,
          record: (tx) => recordWatchdogWarning(tx, { rule: 'server_gone', reason }),
        }),
      );
    },
  };
}

function readRunner(run: WatchedRun): RunnerReading {
  const beat = readBeat(run.layout.runnerBeat, Date.now(), BEAT_STALE_MS);
  if (beat.state === 'alive' || beat.state === 'stale' || beat.state === 'dead') return beat.state;
  if (run.runner === null) return 'unknown';
  return isAlive(run.runner) ? 'missing' : 'dead';
}
