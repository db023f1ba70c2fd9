// Decides what a mirror that can't follow means: what must not happen without its line in audit.jsonl is refused until it can. A disk that
// is slow for a moment is waited for: nobody should lose a night's run to it.
import { setTimeout as delay } from 'node:timers/promises';
import { type Problem, problem } from '../problem.ts';
import type { MirrorHealth } from './follow.ts';

/** Milliseconds. Below the ten seconds that a runner gives the server. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 20;

/** Answers at once while the mirror follows, and when it failed. `patienceMs`: how long a late one is given to catch up. */
export async function whyMirrorRefuses(
  mirror: () => MirrorHealth,
  patienceMs = PATIENCE_MS,
): Promise<Problem | null> {
  let health = mirror();
  const untilMs = performance.now() + patienceMs;
  while (!health.ok && health.isSlow && performance.now() < untilMs) {
    await delay(LOOK_MS);
    health = mirror();
  }
  return health.ok ? null : refusal(health);
}

function refusal(mirror: Extract<MirrorHealth, { readonly ok: false }>): Problem {
  const meanwhile = 'Rejecting, pausing and killing work meanwhile';
  if (mirror.isSlow) {
    const hint = `the disk is slow or busy: it catches up by itself, so try again in a moment. Should it stay behind, see whether the disk is full or failing. ${meanwhile}`;
    return problem(503, 'mirror_behind', `audit.jsonl is late behind the record: ${mirror.problem}`, hint);
  }
  const hint = `make room or mend audit.jsonl: it is taken up again by itself. ${meanwhile}`;
  return problem(503, 'mirror_behind', `audit.jsonl can't follow the record: ${mirror.problem}`, hint);
}
