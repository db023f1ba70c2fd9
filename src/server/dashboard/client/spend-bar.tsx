// Spend against a cap. What is reserved for calls that are under way is shown apart from what was spent.
import { formatLimit, formatSpent, formatSpentOf } from './money.ts';
import { ShareBar } from './share-bar.tsx';

interface SpendBarProps {
  readonly spentMicroUsd: number;
  readonly reservedMicroUsd: number;
  readonly capMicroUsd: number | null;
  readonly capName: string | null;
  /** What is said where there is none. */
  readonly withoutCap: string;
  /** Counted at list price, whatever it is billed at. */
  readonly isNotional: boolean;
}

export function SpendBar({
  spentMicroUsd,
  reservedMicroUsd,
  capMicroUsd,
  capName,
  withoutCap,
  isNotional,
}: SpendBarProps) {
  const notional = isNotional ? 'notional ' : '';
  const reserved = reservedMicroUsd > 0 ? `, ${formatSpent(reservedMicroUsd)} reserved` : '';
  if (capMicroUsd === null) {
    return (
      <p class="spend">
        <strong>{formatSpent(spentMicroUsd)}</strong>{' '}
        <span class="muted">
          {notional}spent{reserved}, {withoutCap}
        </span>
      </p>
    );
  }
  const spent = formatSpentOf(spentMicroUsd, capMicroUsd);
  const cap = `${formatLimit(capMicroUsd)}${capName === null ? '' : capName === 'total' ? ' in all' : ` per ${capName}`}`;
  return (
    <div class="spend">
      <p>
        <span>
          <strong>{spent}</strong>{' '}
          <span class="muted">
            {notional}of {cap}
          </span>
        </span>
        {reservedMicroUsd > 0 && (
          <span class="muted spend-reserved" title="Reserved for calls under way">
            +{formatSpent(reservedMicroUsd)}
          </span>
        )}
      </p>
      <ShareBar
        spent={spentMicroUsd}
        reserved={reservedMicroUsd}
        cap={capMicroUsd}
        label={`${spent} ${notional}spent of ${cap}${reserved}`}
      />
    </div>
  );
}
