// The server's answer about a tool call, or why there is none. While the run is paused nothing is asked, and whatever goes wrong on the way
// is a no.
import { type OnceMore, onceMoreAtCap } from '../gateway/once-more-at-cap.ts';
import type { PauseGate } from '../gateway/pause-gate.ts';
import { backoff, wait } from '../link/backoff.ts';
import type { Problem } from '../link/problem.ts';
import type { Answer } from '../link/run-link.ts';

export interface PatientContext {
  readonly gate: PauseGate;
  /** Aborts when the run is over. */
  readonly over: AbortSignal;
}

const UNREACHABLE_LIMIT_MS = 10_000;

export function patientAnswer<T>(
  context: PatientContext,
  ask: () => Promise<Answer<T>>,
  limitMs = UNREACHABLE_LIMIT_MS,
): Promise<T | string> {
  const cap = onceMoreAtCap<Problem>(context.gate);
  return untilAnswered(context, ask, cap, limitMs).finally(cap.close);
}

async function untilAnswered<T>(
  { gate, over }: PatientContext,
  ask: () => Promise<Answer<T>>,
  cap: OnceMore<Problem>,
  limitMs: number,
): Promise<T | string> {
  const pace = backoff(50, 1_000);
  let unreachableSinceMs: number | null = null;
  for (;;) {
    if ((await gate.pass(over)) === 'full') return 'too many requests of the paused run wait already';
    if (over.aborted) return cap.said === null ? 'the run is over' : words(cap.said);
    const answer = await ask();
    if (answer.result === 'ok') return answer.value;
    if (answer.result === 'refused') {
      const heard = cap.hear(answer);
      if (heard === 'again') continue;
      if (heard !== 'paused') return words(heard);
    }
    if (answer.result === 'unreachable') {
      unreachableSinceMs ??= performance.now();
      if (performance.now() - unreachableSinceMs > limitMs) {
        return `nothing is decided while the governed-agents server can't be reached (${answer.why})`;
      }
    } else unreachableSinceMs = null;
    await wait(pace.nextMs(), over);
  }
}

function words({ detail, hint }: Problem): string {
  return `${detail}; ${hint}`;
}
