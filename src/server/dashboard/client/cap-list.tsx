// Caps in a list: what is used, what is left, and the means to raise each. Everything that has caps shows them so.
import { useState } from 'preact/hooks';
import type { Board } from './board.ts';
import type { CapRow } from './cap-rows.ts';
import { capAmount, holderName, raiseWords, usedAmount } from './cap-words.ts';
import { RaiseDialog } from './raise-dialog.tsx';
import { ShareBar } from './share-bar.tsx';

interface CapListProps {
  readonly board: Board;
  readonly rows: readonly CapRow[];
}

export function CapList({ board, rows }: CapListProps) {
  const [raising, setRaising] = useState<CapRow | null>(null);
  return (
    <>
      <ul class="cap-list">
        {rows.map((row) => (
          <CapLine key={row.key} row={row} onRaise={() => setRaising(row)} />
        ))}
      </ul>
      {raising !== null && <RaiseDialog board={board} row={raising} onClose={() => setRaising(null)} />}
    </>
  );
}

function CapLine(props: { readonly row: CapRow; readonly onRaise: () => void }) {
  const { row, onRaise } = props;
  const { tier } = row;
  const used = (value: number): string => usedAmount(tier, value);
  const raise = raiseWords(tier);
  return (
    <li class="cap">
      <span class="cap-name">
        {row.name}
        {row.of !== null && <span class="cap-of">{row.of}</span>}
      </span>
      <span class="cap-figures">
        {row.isCounted ? (
          <>
            <strong>{used(tier.posted)}</strong>
            {tier.reserved > 0 && ` + ${used(tier.reserved)} reserved`} of {capAmount(tier.unit, tier.cap)}
            <span class="muted"> · {used(tier.remaining)} left</span>
          </>
        ) : (
          <>at most {capAmount(tier.unit, tier.cap)}</>
        )}
        {raise !== null && (
          <span class="muted" title={raise.until}>
            {' '}
            · {raise.from}
          </span>
        )}
      </span>
      {row.isCounted && (
        <ShareBar
          spent={tier.posted}
          reserved={tier.reserved}
          cap={tier.cap}
          label={`${(100 - tier.remaining_pct).toFixed(1)} % used`}
        />
      )}
      <button
        type="button"
        class="button small"
        aria-label={`Raise the cap ${row.name} of ${holderName(row.holder)}`}
        onClick={onRaise}
      >
        Raise…
      </button>
    </li>
  );
}
