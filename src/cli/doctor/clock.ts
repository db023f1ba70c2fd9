// The clock: a plausible year, and not behind what was already recorded.
import { existsSync } from 'node:fs';
import { clockBehindMs } from '../../core/clock-behind.ts';
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
  const behindMs = clockBehindMs(nowMs, newestMs);
  if (behindMs > 0) {
    return worthKnowing(
      'clock',
      `it says ${now}, ${formatDuration(behindMs)} behind the newest event`,
      `governed time stands still until ${toRfc3339(newestMs)}: nothing expires, and no cap of an hour, a day or a month begins anew. Set the clock if it is wrong now, else it catches up by itself`,
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
