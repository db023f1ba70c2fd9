// Reads the marks that say "stop" where the record could not: those of each live run, and that of the whole state, where a kill is the
// kill switch. A mark is acted on at once, put into the record when that is possible, and taken away then. Server and watchdog both do that:
// a mark that is gone was recorded by the other, and what it stopped may have been let go on since.
import type { StateLayout } from '../config/state-layout.ts';
import { readStopMark, readStopReason } from '../config/stop-marker.ts';
import { killRun } from '../governor/stop/kill-run.ts';
import { setKillSwitch } from '../governor/stop/kill-switch.ts';
import { pauseAll } from '../governor/stop/pause-all.ts';
import { pauseRun } from '../governor/stop/pause-run.ts';
import { WATCHDOG } from '../governor/stop/watchdog-actor.ts';
import type { LateRecords } from './late-records.ts';
import type { Roster } from './roster.ts';
import type { Stopper } from './stop.ts';
import { nameOf, type WatchedRun } from './watched-run.ts';

const NO_REASON = 'stopped while the store could not be written';
const EVIDENCE = { rule: 'stop_mark' };

export interface StopMarks {
  check(): void;
}

export function createStopMarks(
  layout: StateLayout,
  roster: Roster,
  stopper: Stopper,
  records: LateRecords,
): StopMarks {
  const ofRun = (run: WatchedRun): void => {
    const { dir } = run.layout;
    const level = readStopMark(dir);
    const key = `mark ${run.id}`;
    if (level === 'none' && records.has(key)) records.drop(key);
    // What waits to be recorded set the mark itself.
    if (level === 'none' || run.ending || records.waitsFor(run.id)) return;
    const reason = readStopReason(dir) ?? NO_REASON;
    const input = { runId: run.id, reason, actor: WATCHDOG };
    stopper.stop({
      key,
      level,
      runs: [run],
      sinceMs: Date.now(),
      what: `the ${level} of ${nameOf(run)}`,
      why: `marked in its folder: ${reason}`,
      mark: { dir, mark: level, why: reason },
      record: (timing) => (tx) => {
        if (readStopMark(dir) !== level) return;
        if (level === 'kill') killRun(tx, input);
        else pauseRun(tx, { ...input, source: 'watchdog', evidence: { ...EVIDENCE, ...timing } });
      },
    });
  };

  const ofAll = (): void => {
    const level = readStopMark(layout.dir);
    const runs = roster.all().filter((run) => !run.ending);
    if (level === 'none' && records.has(ALL)) records.drop(ALL);
    // While a kill waits to be recorded, a run that appears is killed too.
    if (level === 'none' || (records.has(ALL) && (level === 'pause' || runs.length === 0))) return;
    const reason = readStopReason(layout.dir) ?? NO_REASON;
    const input = { reason, actor: WATCHDOG };
    stopper.stop({
      key: ALL,
      level,
      runs,
      sinceMs: Date.now(),
      what: level === 'kill' ? 'the kill switch' : 'the pause of all agents',
      why: `marked in the state folder: ${reason}`,
      mark: { dir: layout.dir, mark: level, why: reason },
      record: () => (tx) => {
        if (readStopMark(layout.dir) !== level) return;
        if (level === 'kill') setKillSwitch(tx, { ...input, on: true });
        else pauseAll(tx, input);
      },
    });
  };

  return {
    check() {
      ofAll();
      for (const run of roster.all()) ofRun(run);
    },
  };
}

const ALL = 'mark of all';
