// Money is integer micro-dollars, and nothing else is money. Conversions from and to dollars happen only at the edge.
import { grouped } from '../thousands.ts';

/** An integer number of millionths of a US dollar, from 0 to Number.MAX_SAFE_INTEGER. */
export type MicroUsd = number & { readonly __unit: 'micro_usd' };

/** A billion dollars: above it an amount is a typing error, and far below the largest safe integer of micro-dollars. */
export const MAX_USD = 1_000_000_000;

/** Asserts that an integer is a valid amount; a violation is a bug of the caller. */
export function microUsd(amount: number): MicroUsd {
  if (!Number.isSafeInteger(amount) || amount < 0)
    throw new RangeError(`not an amount of micro-dollars: ${amount}`);
  return amount as MicroUsd;
}

/** Dollars to micro-dollars, rounded up, so that a charge is never booked below what was said. Finite, 0 … MAX_USD. */
export function fromUsd(usd: number): MicroUsd {
  if (!Number.isFinite(usd) || usd < 0 || usd > MAX_USD)
    throw new RangeError(`not an amount of dollars: ${usd}`);
  // In decimal, as it was said: 0.1 * 1e6 is 100000.00000000001 in binary.
  const [mantissa = '', exponent = '0'] = String(usd).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = BigInt(whole + fraction);
  const shift = 6 + Number(exponent) - fraction.length;
  if (shift >= 0) return microUsd(Number(digits * 10n ** BigInt(shift)));
  const unit = 10n ** BigInt(-shift);
  return microUsd(Number((digits + unit - 1n) / unit));
}

export function toUsd(amount: number): number {
  return amount / 1e6;
}

/** Ten cents: below them, cents hide what matters. */
const IN_FULL_BELOW = 100_000;

/** Spent, reserved or left, for people: "$0.81", "$1,250.00"; below ten cents in full, "$0.00405", so that it adds up to a small cap. */
export function formatUsd(amount: number): string {
  return amount < IN_FULL_BELOW ? formatUsdLimit(amount) : withDigits(amount, 2);
}

/** A limit, as it was said: "$0.50", "$0.025". Rounded, less would seem to be used of it than is. */
export function formatUsdLimit(amount: number): string {
  return withDigits(amount, 6).replace(/0{1,4}$/, '');
}

/** What counts against a limit, or is left of it, with all the digits of the limit: "$0.125" of "$0.125", and never "$0.13" of it. Null: there is no limit. */
export function formatUsdOf(amount: number, limit: number | null): string {
  if (limit === null) return formatUsd(amount);
  if (amount > limit) return formatUsdApart(amount, limit)[0];
  return amount < IN_FULL_BELOW
    ? formatUsdLimit(amount)
    : withDigits(amount, formatUsdLimit(limit).split('.')[1]?.length ?? 2);
}

function withDigits(amount: number, digits: number): string {
  return grouped(`$${toUsd(amount).toFixed(digits)}`);
}

/** Two amounts for people, with as many digits as it takes to tell them apart. */
export function formatUsdApart(one: number, other: number): readonly [string, string] {
  const at = (digits: number): readonly [string, string] => [
    withDigits(one, digits),
    withDigits(other, digits),
  ];
  const isAlike = (digits: number): boolean => at(digits)[0] === at(digits)[1];
  if (one === other || Math.max(one, other) < IN_FULL_BELOW || !isAlike(2))
    return [formatUsd(one), formatUsd(other)];
  let digits = 3;
  while (digits < 6 && isAlike(digits)) digits += 1;
  return at(digits);
}
