// Finds a run whose tool calls and actions fail one after the other; one success starts the count again.
import type { Detector, DetectorStep } from './detector.ts';
import { isStronger, type Level, levelAt } from './escalation.ts';
import type { RunSignal } from './signal.ts';
import type { WatchRules } from './watch-rules.ts';

interface ErrorsState {
  readonly inRow: number;
  readonly told: Level | null;
}

const NO_ERRORS: ErrorsState = { inRow: 0, told: null };

export function errorsDetector(state: ErrorsState = NO_ERRORS): Detector {
  return { rule: 'errors', fold: (signal, rules) => fold(state, signal, rules) };
}

function fold(state: ErrorsState, signal: RunSignal, rules: WatchRules): DetectorStep {
  if (signal.kind === 'resumed') return { next: errorsDetector(), finding: null };
  if (signal.kind === 'recorded' && signal.rule === 'errors' && state.inRow > 0) {
    const told = isStronger(signal.level, state.told) ? signal.level : state.told;
    return { next: errorsDetector({ ...state, told }), finding: null };
  }
  if (signal.kind !== 'result') return { next: errorsDetector(state), finding: null };
  if (signal.ok) return { next: errorsDetector(), finding: null };
  const inRow = state.inRow + 1;
  const level = levelAt(rules.errors, inRow);
  if (level === null || !isStronger(level, state.told)) {
    return { next: errorsDetector({ ...state, inRow }), finding: null };
  }
  return {
    next: errorsDetector({ inRow, told: level }),
    finding: {
      subject: '',
      level,
      reason: `${inRow} failures in a row, the last one of ${signal.label}`,
      evidence: { count: inRow },
    },
  };
}
