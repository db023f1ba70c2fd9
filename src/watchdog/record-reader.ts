// Follows the record: every event once, in the order of sequence numbers, folded into what is watched of each live run. After a start
// or a new opening of the store the state is made again from the events of the live runs alone, however long the record is.

import type { Rules } from '../core/rules/rules.ts';
import { watchRulesOf } from '../core/watch/own-limits.ts';
import { type DetectorFault, foldSignal, newRunWatch } from '../core/watch/run-watch.ts';
import {
  type RecordedEvent,
  RUN_SIGNAL_EVENTS,
  type RunSignal,
  SIGNAL_EVENTS,
  signalsOf,
  type WatchSignal,
} from '../core/watch/signal.ts';
import type { Store } from '../store/open.ts';
import { readTip } from '../store/read/events.ts';
import { readEventsToWatch, readRunEventsToWatch, type WatchedEventRow } from '../store/read/watch.ts';
import type { Roster } from './roster.ts';

/** Of each live run, its newest: several times what the largest usual window needs. */
const REBUILD_EVENTS = 2_000;
const PAGE = 500;

export interface RecordReader {
  /** Forgets everything and starts from what the store holds now. The roster has been refreshed. */
  rebuild(store: Store, rules: Rules): void;
  /** Signals since the last call, those of runs folded already. `refresh` is called between reading and folding. */
  catchUp(store: Store, rules: () => Rules, refresh: () => void): readonly WatchSignal[];
}

export function createRecordReader(roster: Roster, onFault: (fault: DetectorFault) => void): RecordReader {
  let lastSeq = 0;

  const fold = (signal: WatchSignal, rules: Rules): void => {
    if (!isOfRun(signal)) return;
    const run = roster.get(signal.runId);
    if (run === undefined) return;
    const { watch, faults } = foldSignal(run.watch, signal, watchRulesOf(rules, run.row?.agent_id ?? null));
    run.watch = watch;
    faults.forEach(onFault);
  };

  return {
    rebuild(store, rules) {
      lastSeq = readTip(store).seq;
      for (const run of roster.all()) {
        run.watch = newRunWatch();
        const of = { runId: run.id, upToSeq: lastSeq };
        const rows = readRunEventsToWatch(store, of, RUN_SIGNAL_EVENTS, REBUILD_EVENTS);
        for (const signal of rows.flatMap(toSignals)) fold(signal, rules);
      }
    },
    catchUp(store, rules, refresh) {
      const signals: WatchSignal[] = [];
      for (;;) {
        const rows = readEventsToWatch(store, lastSeq, SIGNAL_EVENTS, PAGE);
        const last = rows.at(-1);
        if (last === undefined) break;
        signals.push(...rows.flatMap(toSignals));
        lastSeq = last.seq;
        if (rows.length < PAGE) break;
      }
      // After the events: a run that one of them is about is live by now, or over.
      refresh();
      const now = rules();
      for (const signal of signals) fold(signal, now);
      return signals;
    },
  };
}

function toSignals(row: WatchedEventRow): readonly WatchSignal[] {
  const event: RecordedEvent = {
    seq: row.seq,
    tsMs: row.tsMs,
    eventType: row.eventType,
    actorKind: row.eventType === 'run_resumed' ? actorKindOf(row.event) : '',
    runId: row.runId,
    proposalId: row.proposalId,
    payload: row.payload === null ? null : (JSON.parse(row.payload) as unknown),
  };
  return signalsOf(event);
}

function actorKindOf(eventBytes: string): string {
  const { actor } = JSON.parse(eventBytes) as { readonly actor: { readonly kind: string } };
  return actor.kind;
}

function isOfRun(signal: WatchSignal): signal is RunSignal {
  return (
    signal.kind === 'action' ||
    signal.kind === 'result' ||
    signal.kind === 'resumed' ||
    signal.kind === 'recorded'
  );
}
