// Spend against a cap. What is reserved for calls that are under way is shown apart from what was spent.
import { formatMicroUsd, spendShares } from './money.ts';

interface SpendBarProps {
  readonly spentMicroUsd: number;
  readonly reservedMicroUsd: number;
  readonly capMicroUsd: number | null;
  readonly capName: string | null;
}

export function SpendBar({ spentMicroUsd, reservedMicroUsd, capMicroUsd, capName }: SpendBarProps) {
  const reserved = reservedMicroUsd > 0 ? `, ${formatMicroUsd(reservedMicroUsd)} reserved` : '';
  if (capMicroUsd === null) {
    return (
      <p class="spend">
        <strong>{formatMicroUsd(spentMicroUsd)}</strong>{' '}
        <span class="muted">spent{reserved}, no dollar cap</span>
      </p>
    );
  }
  const shares = spendShares(spentMicroUsd, reservedMicroUsd, capMicroUsd);
  const level = shares.spent + shares.reserved;
  const cap = `${formatMicroUsd(capMicroUsd)}${capName === null ? '' : ` per ${capName}`}`;
  return (
    <div class="spend">
      <p>
        <strong>{formatMicroUsd(spentMicroUsd)}</strong>{' '}
        <span class="muted">
          of {cap}
          {reserved}
        </span>
      </p>
      <svg
        class={`spend-bar${level >= 95 ? ' at-cap' : level >= 80 ? ' near-cap' : ''}`}
        viewBox="0 0 100 1"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${formatMicroUsd(spentMicroUsd)} spent of ${cap}${reserved}`}
      >
        <rect class="spent" x="0" y="0" width={shares.spent} height="1" />
        <rect class="reserved" x={shares.spent} y="0" width={shares.reserved} height="1" />
      </svg>
    </div>
  );
}
