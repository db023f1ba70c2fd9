// Money is integer micro-dollars, and nothing else is money. Conversions from and to dollars happen only at the edge.

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

/** For people: "$0.81", and small amounts with as many digits as they need: "$0.000042". */
export function formatUsd(amount: number): string {
  const usd = toUsd(amount);
  return `$${usd >= 0.01 || usd === 0 ? usd.toFixed(2) : usd.toFixed(6).replace(/0+$/, '')}`;
}

/** A limit, as it was said: "$0.50", "$0.025". Rounded, less would seem to be used of it than is. */
export function formatUsdLimit(amount: number): string {
  return `$${toUsd(amount)
    .toFixed(6)
    .replace(/0{1,4}$/, '')}`;
}

/** Two amounts for people, with as many digits as it takes to tell them apart. */
export function formatUsdApart(one: number, other: number): readonly [string, string] {
  let shown = [formatUsd(one), formatUsd(other)] as const;
  for (let digits = 3; one !== other && shown[0] === shown[1] && digits <= 6; digits += 1) {
    shown = [`$${toUsd(one).toFixed(digits)}`, `$${toUsd(other).toFixed(digits)}`];
  }
  return shown;
}
