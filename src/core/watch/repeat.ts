// Finds a run that does the same thing again and again: the same action with the same input, counted within its last actions, so
// that what it does in between (A B A B) hides nothing. Each thing is told once at each level.
import type { Detector, DetectorStep, Finding } from './detector.ts';
import { isStronger, type Level, largestThreshold, levelAt } from './escalation.ts';
import type { RunSignal } from './signal.ts';
import type { Escalation, WatchRules } from './watch-rules.ts';

const LEAST_WINDOW = 50;
const MOST_WINDOW = 10_000;

interface RepeatState {
  /** The newest last. */
  readonly keys: readonly string[];
  /** How often the newest key came in a row: counts on where a threshold is larger than any window. */
  readonly streak: number;
  /** What was told already of the keys in the window. */
  readonly told: ReadonlyMap<string, Level>;
}

const NOTHING_SEEN: RepeatState = { keys: [], streak: 0, told: new Map() };

export function repeatDetector(state: RepeatState = NOTHING_SEEN): Detector {
  return { rule: 'repeat', fold: (signal, rules) => fold(state, signal, rules) };
}

/** How many of a run's last actions are looked at: room for three different things in turn. */
function repeatWindow(escalation: Escalation): number {
  return Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, 3 * largestThreshold(escalation)));
}

function fold(state: RepeatState, signal: RunSignal, rules: WatchRules): DetectorStep {
  if (signal.kind === 'resumed') return { next: repeatDetector(), finding: null };
  if (signal.kind === 'recorded' && signal.rule === 'repeat') {
    const isNews =
      state.keys.includes(signal.subject) && isStronger(signal.level, state.told.get(signal.subject));
    const told = isNews ? new Map(state.told).set(signal.subject, signal.level) : state.told;
    return { next: repeatDetector({ ...state, told }), finding: null };
  }
  if (signal.kind !== 'action') return { next: repeatDetector(state), finding: null };
  return act(state, signal, rules.repeat);
}

function act(
  state: RepeatState,
  { key, label }: RunSignal & { kind: 'action' },
  escalation: Escalation,
): DetectorStep {
  const windowSize = repeatWindow(escalation);
  const keys = [...state.keys.slice(-(windowSize - 1)), key];
  const streak = state.keys.at(-1) === key ? state.streak + 1 : 1;
  const count = Math.max(streak, keys.filter((each) => each === key).length);
  const told = new Map([...state.told].filter(([each]) => keys.includes(each)));
  const level = levelAt(escalation, count);
  if (level === null || !isStronger(level, told.get(key))) {
    return { next: repeatDetector({ keys, streak, told }), finding: null };
  }
  told.set(key, level);
  const finding: Finding = {
    subject: key,
    level,
    reason: `the same action ${count} times among its last ${Math.max(streak, keys.length)}: ${label}`,
    evidence: { count, window: windowSize, in_a_row: streak },
  };
  return { next: repeatDetector({ keys, streak, told }), finding };
}
