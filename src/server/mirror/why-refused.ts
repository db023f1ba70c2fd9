// Decides what a mirror that can't follow means: what must not happen without its line in audit.jsonl is refused until it can.
import { type Problem, problem } from '../problem.ts';
import type { MirrorHealth } from './follow.ts';

export function whyMirrorRefuses(mirror: MirrorHealth): Problem | null {
  if (mirror.ok) return null;
  const hint =
    'make room or mend audit.jsonl: it is taken up again by itself. Rejecting, pausing and killing work meanwhile';
  return problem(503, 'mirror_behind', `audit.jsonl can't follow the record: ${mirror.problem}`, hint);
}
