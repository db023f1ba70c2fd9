// Spend over time as bars, one a slot, the one still running lighter. Said in words to whoever can't see it, and never by colour alone.
import { formatSpent } from './money.ts';
import { type SpendPer, type SpendSlotView, spendSentence } from './spend-history.ts';

const STEP = 10;
const BAR = 8;
const HEIGHT = 100;
/** A slot with any spend at all can be seen. */
const LEAST = 5;

interface SpendChartProps {
  readonly per: SpendPer;
  readonly slots: readonly SpendSlotView[];
  readonly size: 'small' | 'large';
  readonly isNotional: boolean;
}

export function SpendChart({ per, slots, size, isNotional }: SpendChartProps) {
  const most = Math.max(1, ...slots.map((slot) => slot.spentMicroUsd));
  const height = (slot: SpendSlotView): number =>
    slot.spentMicroUsd === 0 ? 0 : Math.max(LEAST, (slot.spentMicroUsd / most) * HEIGHT);
  return (
    <svg
      class={`spend-chart spend-chart-${size}`}
      viewBox={`0 0 ${slots.length * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={spendSentence(per, slots, isNotional)}
    >
      {slots.map((slot, index) => (
        <g key={slot.name} class={index === slots.length - 1 ? 'slot slot-now' : 'slot'}>
          {/* The whole column answers to the pointer, however low its bar. */}
          <rect class="slot-ground" x={index * STEP} y="0" width={STEP} height={HEIGHT}>
            <title>{`${slot.name}: ${formatSpent(slot.spentMicroUsd)}`}</title>
          </rect>
          <rect
            class="slot-bar"
            x={index * STEP + (STEP - BAR) / 2}
            y={HEIGHT - height(slot)}
            width={BAR}
            height={height(slot)}
          />
        </g>
      ))}
    </svg>
  );
}
