// Replays the recorded actions twice, under the rules in force and under changed ones, and says what would come out otherwise. Both replays
// start from the same facts, so that a difference comes from the change alone; the record itself is only read.
import { setImmediate as otherWork } from 'node:timers/promises';
import type { Rules } from '../../core/rules/rules.ts';
import type { RecordedAction } from '../../core/simulate/recorded-event.ts';
import type { Content, Simulated } from '../../core/simulate/result.ts';
import { Tally } from '../../core/simulate/tally.ts';
import type { Store } from '../../store/open.ts';
import { firstSeqAt, readTip } from '../../store/read/events.ts';
import { readEveryCapRaise, readHistory, seqBeforeNewest } from '../../store/read/history.ts';
import { type RunRow, readRun } from '../../store/read/runs.ts';
import { takeScratchStore } from '../../store/scratch.ts';
import { writeCapRaise } from '../../store/write/ledger.ts';
import { loadDetector } from '../policy/detector.ts';
import { hangsOnInput } from './hangs-on-input.ts';
import { Simulation } from './simulation.ts';
import { toRecorded } from './to-recorded.ts';

export interface SimulateInput {
  /** The record; what is added meanwhile is not looked at. */
  readonly store: Store;
  readonly inForce: Rules;
  readonly changed: Rules;
  readonly agentDirOf: (agentId: string) => string;
  /** Actions before count as they were decided then. Null: from the beginning. */
  readonly sinceMs: number | null;
  /** The newest so many, of those; null: all. */
  readonly mostActions: number | null;
  /** How many events before the first of them are read for windows and budgets; null: all. */
  readonly mostEventsBefore: number | null;
  readonly mostExamples: number;
  /** From 0 to 1, now and then. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Payloads of a page are in memory together. */
const PAGE = 64;
/** How long nobody else gets a turn, in milliseconds. */
const TURN_MS = 15;
const LONGEST_CONTENT = 2_000;
const MOST_RUNS_KEPT = 5_000;

export async function simulate(input: SimulateInput): Promise<Simulated> {
  const { store } = input;
  const upTo = readTip(store).seq;
  const since = input.sinceMs === null ? 0 : firstSeqAt(store, input.sinceMs) - 1;
  const after = Math.max(since, input.mostActions === null ? 0 : seqBeforeNewest(store, input.mostActions));
  const start = input.mostEventsBefore === null ? 0 : Math.max(0, after - input.mostEventsBefore);
  if ([input.inForce, input.changed].some((rules) => rules.policy.rules.usesDetector)) await loadDetector();
  const tally = new Tally(input.mostExamples);
  const scratch = [takeScratchStore(), takeScratchStore()] as const;
  try {
    const runOf = keptRuns(store);
    const [before, changed] = scratch.map(({ store: own }, index) => {
      copyRaises(store, own);
      const rules = index === 0 ? input.inForce : input.changed;
      return new Simulation({ rules, store: own, runOf, agentDirOf: input.agentDirOf });
    });
    if (before === undefined || changed === undefined) throw new Error('a replay has two sides');
    await replay(input, { before, changed, tally, runOf, start, after, upTo });
  } finally {
    for (const each of scratch) each.giveBack();
  }
  return { ...tally.result(), isPart: after > 0, isCutBefore: start > 0 };
}

interface Replay {
  readonly before: Simulation;
  readonly changed: Simulation;
  readonly tally: Tally;
  readonly runOf: (id: string) => RunRow | null;
  readonly start: number;
  readonly after: number;
  readonly upTo: number;
}

async function replay(input: SimulateInput, sides: Replay): Promise<void> {
  const { start, upTo } = sides;
  let turnEndsMs = performance.now() + TURN_MS;
  for (let seq = start; seq < upTo; ) {
    const rows = readHistory(input.store, seq, upTo, PAGE);
    for (const row of rows) {
      const event = toRecorded(row);
      if (event?.is === 'action') replayAction(event, sides);
      else if (event !== null) {
        sides.before.followUp(event);
        sides.changed.followUp(event);
      }
      if (performance.now() < turnEndsMs) continue;
      input.onProgress?.((row.seq - start) / (upTo - start));
      await otherWork(undefined, { signal: input.signal });
      turnEndsMs = performance.now() + TURN_MS;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    seq = last.seq;
  }
  input.onProgress?.(1);
}

function replayAction(recorded: RecordedAction, sides: Replay): void {
  const { before, changed, tally, runOf, after } = sides;
  const action = withoutInput(recorded, sides);
  const lost = whyLost(action, runOf);
  if (action.seq <= after || lost !== null) {
    before.follow(action, action.recorded.effect);
    changed.follow(action, action.recorded.effect);
    if (action.seq > after && lost !== null) tally.addLost(action, lost);
    return;
  }
  const was = before.judge(action);
  const is = changed.judge(action);
  tally.add(action, was, is, () => contentOf(action));
  before.follow(action, was.effect);
  changed.follow(action, is.effect);
}

/** A call whose input is not known is judged all the same where neither side would look at it. */
function withoutInput(action: RecordedAction, { before, changed }: Replay): RecordedAction {
  const { subject, agentId } = action;
  if (subject.kind !== 'lost' || subject.why !== 'no_input' || agentId === null) return action;
  const tool = action.action.slice('tool:'.length);
  const hangs = [before, changed].some(({ rules }) => hangsOnInput(rules, agentId, tool));
  return hangs ? action : { ...action, subject: { kind: 'tool_call', tool, input: null } };
}

function whyLost(
  { subject, runId }: RecordedAction,
  runOf: (id: string) => RunRow | null,
): 'no_input' | 'no_payload' | null {
  if (subject.kind === 'lost') return subject.why;
  if (subject.kind === 'run_start') return null;
  const needsRun = subject.kind !== 'proposal';
  if (runId === null) return needsRun ? 'no_payload' : null;
  return runOf(runId) === null ? 'no_payload' : null;
}

function contentOf({ subject }: RecordedAction): Content {
  const value = contentValue(subject);
  const text = value === null ? '' : (JSON.stringify(value) ?? '');
  return { text: text.slice(0, LONGEST_CONTENT), isCut: text.length > LONGEST_CONTENT };
}

function contentValue(subject: RecordedAction['subject']): unknown {
  if (subject.kind === 'proposal') return subject.payload;
  if (subject.kind === 'tool_call') return subject.input;
  return subject.kind === 'llm_call' ? { model: subject.model } : {};
}

function keptRuns(store: Store): (id: string) => RunRow | null {
  const known = new Map<string, RunRow | null>();
  return (id) => {
    let run = known.get(id);
    if (run === undefined) {
      run = readRun(store, id);
      if (known.size >= MOST_RUNS_KEPT) known.clear();
      known.set(id, run);
    }
    return run;
  };
}

/** As they stand now: a raise holds for the limit that it raised, whichever rules say that limit. */
function copyRaises(from: Store, to: Store): void {
  for (const { scope, cap, from: was, limit } of readEveryCapRaise(from)) {
    writeCapRaise(to, scope, cap, { from: was, limit }, 0);
  }
}
