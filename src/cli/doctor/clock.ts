// The clock: a plausible year, and not behind what was already recorded.
import { existsSync } from 'node:fs';
import { formatDuration, toRfc3339 } from '../../core/time.ts';
import { readTip } from '../../store/entry.ts';
import type { Project } from '../project.ts';
import { openForReading } from '../state.ts';
import { broken, type Finding, ok, worthKnowing } from './finding.ts';

const EARLIEST_MS = Date.UTC(2025, 0, 1);

export function lookAtClock(project: Project): Finding {
  const nowMs = Date.now();
  const now = toRfc3339(nowMs);
  if (nowMs < EARLIEST_MS)
    return broken('clock', `it says ${now}`, 'set the time: expiries and caps count by it');
  const newestMs = existsSync(project.state.store) ? newestEvent(project) : 0;
  if (newestMs > nowMs) {
    return worthKnowing(
      'clock',
      `it is ${formatDuration(newestMs - nowMs)} behind the newest event`,
      'it went back: until it has caught up, the time of the record stands still',
    );
  }
  return ok('clock', `${now}, not behind the record`);
}

function newestEvent(project: Project): number {
  const store = openForReading(project);
  try {
    return readTip(store).tsMs;
  } finally {
    store.close();
  }
}
