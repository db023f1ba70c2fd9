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
  const claimed = verdict?.claimedMicroUsd ?? null;
  if (claimed === null) return {};
  const { microUsd } = metered;
  const tolerated = Math.max(TOLERATED_MICRO_USD, microUsd * TOLERATED_SHARE);
  if (Math.abs(claimed - microUsd) > tolerated) {
    observer.onNotice?.(
      `It says that it spent $${toUsd(claimed)}; metered were $${toUsd(microUsd)}, and that is what counts.`,
    );
  }
  return { claim: { claimed_micro_usd: claimed, metered_micro_usd: microUsd } };
}
