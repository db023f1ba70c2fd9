// Tells whoever watches a run what of it was denied, by which rule and why.
import { visibleLine } from '../core/visible-text.ts';
import type { DeniedAction } from './gateway/notice-verdict.ts';

/** What tries the same again and again is told of once. */
export function deniedTeller(notice: (message: string) => void): (denied: DeniedAction) => void {
  let last = '';
  return ({ proposalId, rule, reasons }) => {
    // Most reasons begin with the name of their rule.
    const own = `${rule}: `;
    const words = reasons.map((reason) => (reason.startsWith(own) ? reason.slice(own.length) : reason));
    const why = `denied by ${rule}: ${words.join('; ')}`;
    if (why === last) return;
    last = why;
    notice(visibleLine(`${proposalId ?? 'a tool call'} is ${why}`));
  };
}
