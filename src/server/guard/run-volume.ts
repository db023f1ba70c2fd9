// How much one run may put into the record: every action is kept for good, so without a bound one run fills the disk. What it does not
// use it may use later, up to what the bucket holds; a run of an honest agent never meets either bound.
import { type Problem, problem } from '../problem.ts';

/** A steady ten a second; five minutes' worth may come at once. */
const ACTIONS = { perSecond: 600 / 60, most: 3_000 } as const;
const MIB = 1024 * 1024;
/** Of request bodies. */
const BYTES = { perSecond: (64 * MIB) / 3_600, most: 64 * MIB } as const;
/** A run that was silent for as long has full buckets again, and is forgotten. */
const FULL_AFTER_MS = 3_600_000;
const MOST_KEPT = 10_000;

interface Bucket {
  actions: number;
  bytes: number;
  atMs: number;
}

export interface RunVolume {
  /** Null when the run may go on; the action is counted. */
  take(runId: string, bytes: number): Problem | null;
}

/** `clock` in milliseconds; only differences count. */
export function createRunVolume(clock: () => number): RunVolume {
  const buckets = new Map<string, Bucket>();

  const refilled = (runId: string): Bucket => {
    const nowMs = clock();
    const bucket = buckets.get(runId) ?? { actions: ACTIONS.most, bytes: BYTES.most, atMs: nowMs };
    const seconds = Math.max(0, nowMs - bucket.atMs) / 1_000;
    bucket.actions = Math.min(ACTIONS.most, bucket.actions + seconds * ACTIONS.perSecond);
    bucket.bytes = Math.min(BYTES.most, bucket.bytes + seconds * BYTES.perSecond);
    bucket.atMs = nowMs;
    if (buckets.size >= MOST_KEPT) forgetSilent(buckets, nowMs);
    buckets.set(runId, bucket);
    return bucket;
  };

  return {
    take(runId, bytes) {
      const bucket = refilled(runId);
      if (bucket.actions < 1) {
        return tooMuch(
          'this run acts more often than ten times a second',
          1 - bucket.actions,
          ACTIONS.perSecond,
        );
      }
      if (bucket.bytes < bytes) {
        const said = 'this run sent more than 64 MiB of payloads in an hour';
        return tooMuch(said, bytes - bucket.bytes, BYTES.perSecond);
      }
      bucket.actions -= 1;
      bucket.bytes -= bytes;
      return null;
    },
  };
}

function tooMuch(said: string, missing: number, perSecond: number): Problem {
  const retryAfter = Math.max(1, Math.ceil(missing / perSecond));
  const hint = `try again in ${retryAfter} s; put large content into a file and name it`;
  return problem(429, 'too_many_proposals', said, hint, { retry_after: retryAfter });
}

function forgetSilent(buckets: Map<string, Bucket>, nowMs: number): void {
  for (const [runId, { atMs }] of buckets) if (nowMs - atMs >= FULL_AFTER_MS) buckets.delete(runId);
}
