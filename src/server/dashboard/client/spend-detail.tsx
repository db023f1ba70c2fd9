// Spend over time of one agent, large, with its scale and the same figures as a table.
import { formatCount, formatSpent } from './money.ts';
import { SpendChart } from './spend-chart.tsx';
import { periodName, type SpendPer, type SpendSlotView, spendTotal } from './spend-history.ts';

interface SpendDetailProps {
  readonly per: SpendPer;
  readonly slots: readonly SpendSlotView[];
  readonly isNotional: boolean;
}

export function SpendDetail({ per, slots, isNotional }: SpendDetailProps) {
  const most = Math.max(0, ...slots.map((slot) => slot.spentMicroUsd));
  const spent = slots.filter((slot) => slot.spentMicroUsd > 0 || slot.tokens > 0).reverse();
  return (
    <figure class="spend-detail">
      <figcaption>
        <h4>
          {isNotional ? 'Notional spend' : 'Spend'}, last {periodName(per)}
        </h4>
        <span class="muted">{formatSpent(spendTotal(slots))} in all</span>
      </figcaption>
      <div class="spend-frame">
        <span class="spend-most muted" aria-hidden="true">
          {formatSpent(most)}
        </span>
        <SpendChart per={per} slots={slots} size="large" isNotional={isNotional} />
        <span class="spend-ends muted" aria-hidden="true">
          <span>{slots[0]?.name}</span>
          <span>{slots.at(-1)?.name}, so far</span>
        </span>
      </div>
      {spent.length > 0 && (
        <details>
          <summary>As a table</summary>
          <table class="plain-table">
            <thead>
              <tr>
                <th scope="col">{per === 'hour' ? 'Hour' : 'Day'}</th>
                <th scope="col">Spent</th>
                <th scope="col">Tokens</th>
              </tr>
            </thead>
            <tbody>
              {spent.map((slot) => (
                <tr key={slot.name}>
                  <th scope="row">{slot.name}</th>
                  <td>{formatSpent(slot.spentMicroUsd)}</td>
                  <td>{formatCount(slot.tokens)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </figure>
  );
}
