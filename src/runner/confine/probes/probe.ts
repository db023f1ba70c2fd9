// One attempt to escape, and how it went. Only an attempt that was refused for a known reason counts as held: what could not be tried or
// failed in an unknown way is unclear, and unclear counts as escaped.
import { faultCode } from '../../../core/fault-code.ts';
import type { Bait } from './bait.ts';

export type Outcome = 'held' | 'escaped' | 'unclear';

export interface Probe {
  readonly id: string;
  /** What would be possible if it succeeded. */
  readonly what: string;
  readonly attempt: (bait: Bait) => Finding | Promise<Finding>;
}

export interface Finding {
  readonly outcome: Outcome;
  readonly detail: string;
}

export interface ProbeResult extends Finding {
  readonly id: string;
  readonly what: string;
}

export const held = (detail: string): Finding => ({ outcome: 'held', detail });
export const escaped = (detail: string): Finding => ({ outcome: 'escaped', detail });
export const unclear = (detail: string): Finding => ({ outcome: 'unclear', detail });

/** The ways in which a kernel says: that is not there for you, or not yours. */
const REFUSALS = new Set([
  ...['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'ENXIO', 'ENODEV', 'EXDEV', 'ESRCH', 'ELOOP'],
  ...['ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENOTFOUND'],
  ...['EMFILE', 'ENOSPC', 'EFBIG', 'EAGAIN', 'EDQUOT'],
]);

/** Tries one thing: done without an error, it escaped. `act` may give what it got hold of, or throw. */
export function attempt(act: () => string | undefined): Finding {
  try {
    return escaped(act() ?? 'done');
  } catch (error) {
    return refusal(error);
  }
}

export function refusal(error: unknown): Finding {
  const code = faultCode(error);
  return code !== null && REFUSALS.has(code) ? held(code) : unclear(String(error));
}

/** Escapes if one of the findings did; held only when all held. */
export function worst(findings: readonly Finding[]): Finding {
  const found =
    findings.find(({ outcome }) => outcome === 'escaped') ??
    findings.find(({ outcome }) => outcome === 'unclear') ??
    findings[0];
  return found ?? unclear('nothing was tried');
}
