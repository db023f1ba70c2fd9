// Tells whoever watches a run, once a cause, that model calls of it do not go out, and why.
import { cutText } from '../core/cut-text.ts';
import { visibleLine } from '../core/visible-text.ts';
import type { BlockedCall } from './gateway/call/blocked-call.ts';

/** Of each sort: an agent that makes models up must not use up what is to be said of a key. */
const MOST_TOLD = 10;
const LONGEST = 1_200;

export function blockedTeller(notice: (message: string) => void): (blocked: BlockedCall) => void {
  const told = { provider: new Set<string>(), model: new Set<string>() };
  return ({ about, cause, message }) => {
    const known = told[about];
    if (known.has(cause) || known.size === MOST_TOLD) return;
    known.add(cause);
    notice(visibleLine(cutText(message.replaceAll(/\s+/g, ' '), LONGEST)));
  };
}
