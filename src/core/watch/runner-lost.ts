// Judges whether a run is supervised, from readings of its runner's heartbeat. A dead runner is lost at once; one that does not beat
// must be seen so twice, so that a jump of the clock or a sleep of the machine stops nothing; one without a beat has some seconds.

/** `missing`: its process lives but it gave no beat that can be read. `unknown`: neither a beat nor a process is known. */
export type RunnerReading = 'alive' | 'stale' | 'dead' | 'missing' | 'unknown';

type Supervision = 'supervised' | 'unclear' | 'stale' | 'lost';

export interface RunnerWatch {
  readonly staleReadings: number;
  readonly withoutBeatSinceMs: number | null;
  readonly supervision: Supervision;
}

export const UNJUDGED: RunnerWatch = {
  staleReadings: 0,
  withoutBeatSinceMs: null,
  supervision: 'unclear',
};

const STALE_READINGS = 2;
/** How long a new runner may take to give its first beat. */
export const FIRST_BEAT_LIMIT_MS = 5_000;

/** `nowMs` is of a clock that is never set. */
export function judgeRunner(before: RunnerWatch, reading: RunnerReading, nowMs: number): RunnerWatch {
  switch (reading) {
    case 'alive':
      return { staleReadings: 0, withoutBeatSinceMs: null, supervision: 'supervised' };
    case 'dead':
      return { ...before, supervision: 'lost' };
    case 'stale': {
      const staleReadings = before.staleReadings + 1;
      const supervision = staleReadings >= STALE_READINGS ? 'stale' : before.supervision;
      return { staleReadings, withoutBeatSinceMs: null, supervision };
    }
    case 'missing':
    case 'unknown': {
      const withoutBeatSinceMs = before.withoutBeatSinceMs ?? nowMs;
      const isOver = nowMs - withoutBeatSinceMs >= FIRST_BEAT_LIMIT_MS;
      const verdict = reading === 'missing' ? 'stale' : 'lost';
      return { staleReadings: 0, withoutBeatSinceMs, supervision: isOver ? verdict : before.supervision };
    }
  }
}
