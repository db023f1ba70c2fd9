// Whether the machine's clock stands behind the record. Governed time never goes back: while it is behind, time stands still at the newest
// event, and a person is told what that stops and until when. The words stay the same as long as nothing changes.
import { toRfc3339 } from './time.ts';

/** Less than this is a clock being kept right, and over before anybody could act. */
const NOTICEABLE_MS = 2_000;

/** Milliseconds that time stands still for; 0 when it goes on. */
export function clockBehindMs(nowMs: number, newestEventMs: number): number {
  const behindMs = newestEventMs - nowMs;
  return behindMs < NOTICEABLE_MS ? 0 : behindMs;
}

/** None when time goes on. */
export function clockWarnings(nowMs: number, newestEventMs: number): readonly string[] {
  if (clockBehindMs(nowMs, newestEventMs) === 0) return [];
  const until = toRfc3339(newestEventMs).slice(0, 19).replace('T', ' ');
  return [
    `the clock of this machine is behind the record, so governed time stands still until ${until} UTC: nothing expires, and no cap of an hour, a day or a month begins anew; set the clock if it is wrong now, else it catches up by itself (\`governed-agents doctor\` says how far it is behind)`,
  ];
}
