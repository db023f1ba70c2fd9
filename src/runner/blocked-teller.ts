// Tells whoever watches a run, once a cause, that model calls of it do not go out, and why.
import { cutText } from '../core/cut-text.ts';
import { visibleLine } from '../core/visible-text.ts';
import { firstOfEach } from './first-of-each.ts';
import type { BlockedCall } from './gateway/call/blocked-call.ts';

const LONGEST = 1_200;

export function blockedTeller(notice: (message: string) => void): (blocked: BlockedCall) => void {
  // Of each sort: an agent that makes models up must not use up what is to be said of a key.
  const isNew = { provider: firstOfEach(), model: firstOfEach() };
  return ({ about, cause, message }) => {
    if (!isNew[about](cause)) return;
    notice(visibleLine(cutText(message.replaceAll(/\s+/g, ' '), LONGEST)));
  };
}
