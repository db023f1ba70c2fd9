// Everything that is watched of one run: its detectors, and the verdicts that do not stand in the record yet. Folding the same
// signals gives the same verdicts, in one go or with a restart in between; a detector that throws stops none of the others.
import type { Detector } from './detector.ts';
import { errorsDetector } from './errors.ts';
import { isStronger, type Level } from './escalation.ts';
import { repeatDetector } from './repeat.ts';
import type { RunSignal } from './signal.ts';
import type { WatchRules } from './watch-rules.ts';

/** What the watchdog found about a run, and what is to be done about it. */
export interface Verdict {
  readonly runId: string;
  readonly rule: string;
  readonly subject: string;
  readonly level: Level;
  readonly reason: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  /** The event that made it true, and when that was committed. */
  readonly seq: number;
  readonly tsMs: number;
}

export interface DetectorFault {
  readonly rule: string;
  readonly error: unknown;
}

export interface RunWatch {
  readonly detectors: readonly Detector[];
  /** Oldest first; none that a stronger one about the same thing has taken the place of. */
  readonly open: readonly Verdict[];
}

export interface Folded {
  readonly watch: RunWatch;
  readonly faults: readonly DetectorFault[];
}

export function newRunWatch(detectors: readonly Detector[] = [repeatDetector(), errorsDetector()]): RunWatch {
  return { detectors, open: [] };
}

/** Signals come in the order of their sequence numbers, each once. */
export function foldSignal(watch: RunWatch, signal: RunSignal, rules: WatchRules): Folded {
  const faults: DetectorFault[] = [];
  const found: Verdict[] = [];
  const detectors = watch.detectors.map((detector) => {
    try {
      const { next, finding } = detector.fold(signal, rules);
      if (finding !== null) {
        const { runId, seq, tsMs } = signal;
        found.push({ ...finding, runId, rule: detector.rule, seq, tsMs });
      }
      return next;
    } catch (error) {
      faults.push({ rule: detector.rule, error });
      return detector;
    }
  });
  const open = [
    ...stillOpen(watch.open, signal).filter((old) => !found.some((verdict) => supersedes(verdict, old))),
    ...found,
  ];
  return { watch: { detectors, open }, faults };
}

function stillOpen(open: readonly Verdict[], signal: RunSignal): readonly Verdict[] {
  if (signal.kind === 'resumed') return [];
  if (signal.kind !== 'recorded') return open;
  return open.filter((verdict) => !supersedes(signal, verdict));
}

function supersedes(by: Pick<Verdict, 'rule' | 'subject' | 'level'>, old: Verdict): boolean {
  return by.rule === old.rule && by.subject === old.subject && !isStronger(old.level, by.level);
}
