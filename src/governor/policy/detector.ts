// The detector behind `detects`, loaded once it is wanted: its libraries would slow every start down. Until it is there, rules that need
// it can't be told, and ask a person.
import type { Detector } from '../../core/policy/request.ts';

let loaded: Detector | null = null;
let loading: Promise<Detector> | null = null;

export function loadDetector(): Promise<Detector> {
  loading ??= import('../../core/policy/detect/detector.ts').then(({ DETECTOR }) => {
    loaded = DETECTOR;
    return DETECTOR;
  });
  return loading;
}

/** Null until it is loaded, which this begins. */
export function detectorAtHand(): Detector | null {
  if (loaded === null) void loadDetector();
  return loaded;
}
