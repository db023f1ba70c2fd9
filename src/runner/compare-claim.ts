// Lays what an agent CLI says it spent beside what the meter booked. The meter counts; a difference is told and recorded, since it
// means that one of the two price tables is wrong or that something was spent elsewhere.
import { toUsd } from '../core/ledger/money.ts';
import type { Verdict } from './adapters/adapter.ts';
import type { RunEnd } from './link/run-link.ts';
import type { OpenRun } from './open-run.ts';

/** Rounding up once a call adds at most this much of a difference. */
const TOLERATED_MICRO_USD = 100;
const TOLERATED_SHARE = 0.01;

export function compareClaim(
  { metered, observer }: Pick<OpenRun, 'metered' | 'observer'>,
  verdict: Verdict | null,
): { readonly claim?: NonNullable<RunEnd['detail']> } {
  const { claimedMicroUsd: usd = null, claimedTokens: tokens = null } = verdict ?? {};
  if (usd !== null) {
    const { microUsd } = metered;
    const tolerated = Math.max(TOLERATED_MICRO_USD, microUsd * TOLERATED_SHARE);
    if (Math.abs(usd - microUsd) > tolerated) {
      observer.onNotice?.(
        `It says that it spent $${toUsd(usd)}; metered were $${toUsd(microUsd)}, and that is what counts.`,
      );
    }
    return { claim: { claimed_micro_usd: usd, metered_micro_usd: microUsd } };
  }
  if (tokens === null) return {};
  if (tokens !== metered.tokens) {
    observer.onNotice?.(
      `It says that it used ${tokens} tokens; metered were ${metered.tokens}, and that is what counts.`,
    );
  }
  return { claim: { claimed_tokens: tokens, metered_tokens: metered.tokens } };
}
