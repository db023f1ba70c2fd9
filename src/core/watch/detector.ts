// What every detector is: a value that takes one signal of a run and gives its successor, with what it found if that is new.
// A detector knows nothing of clocks, of processes or of the other detectors.
import type { Level } from './escalation.ts';
import type { RunSignal } from './signal.ts';
import type { WatchRules } from './watch-rules.ts';

export interface Finding {
  /** What it is about within the rule: two findings about different things are different findings. */
  readonly subject: string;
  readonly level: Level;
  /** For a person: what happened. */
  readonly reason: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

export interface DetectorStep {
  readonly next: Detector;
  readonly finding: Finding | null;
}

export interface Detector {
  readonly rule: string;
  fold(signal: RunSignal, rules: WatchRules): DetectorStep;
}
