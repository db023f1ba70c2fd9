// Decides what a mirror that can't follow means: what must not happen without its line in audit.jsonl is refused until it can.
import { type Problem, problem } from '../problem.ts';
import type { MirrorHealth } from './follow.ts';

export function whyMirrorRefuses(mirror: MirrorHealth): Problem | null {
  if (mirror.ok) return null;
  const meanwhile = 'Rejecting, pausing and killing work meanwhile';
  if (mirror.isSlow) {
    const hint = `the disk is slow or busy: it catches up by itself, so try again in a moment. Should it stay behind, see whether the disk is full or failing. ${meanwhile}`;
    return problem(503, 'mirror_behind', `audit.jsonl is late behind the record: ${mirror.problem}`, hint);
  }
  const hint = `make room or mend audit.jsonl: it is taken up again by itself. ${meanwhile}`;
  return problem(503, 'mirror_behind', `audit.jsonl can't follow the record: ${mirror.problem}`, hint);
}
