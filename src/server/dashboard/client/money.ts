// Writes micro-dollars for a person: cents when cents say it all, more digits when rounding would hide the amount.
// Never rounds a non-zero amount to nothing. Caps and what stands against them are written as in the terminal and in reasons that are
// recorded, by the same functions; what is decided on stands in full under a dollar.
export {
  formatUsd as formatSpent,
  formatUsdLimit as formatLimit,
  formatUsdOf as formatSpentOf,
} from '../../../core/ledger/money.ts';

import { grouped } from '../../../core/thousands.ts';

export function formatMicroUsd(microUsd: number): string {
  const sign = microUsd < 0 ? '−' : '';
  const absolute = Math.abs(Math.round(microUsd));
  const whole = Math.floor(absolute / 1_000_000);
  const micros = String(absolute % 1_000_000).padStart(6, '0');
  const needed = micros.replace(/0+$/, '').length;
  const digits = whole > 0 ? 2 : Math.max(2, Math.min(6, needed));
  if (whole === 0 || needed <= 2) return `${sign}$${grouped(whole)}.${micros.slice(0, digits)}`;
  return `${sign}$${(absolute / 1_000_000).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

export function formatCount(count: number): string {
  return grouped(count);
}

/** Shares of a cap in percent, 0–100, that never add up to more than the bar is long. */
export function spendShares(
  spentMicroUsd: number,
  reservedMicroUsd: number,
  capMicroUsd: number,
): { readonly spent: number; readonly reserved: number } {
  if (!(capMicroUsd > 0)) return { spent: spentMicroUsd > 0 ? 100 : 0, reserved: 0 };
  const spent = Math.min(100, Math.max(0, (spentMicroUsd / capMicroUsd) * 100));
  const reserved = Math.min(100 - spent, Math.max(0, (reservedMicroUsd / capMicroUsd) * 100));
  return { spent, reserved };
}
