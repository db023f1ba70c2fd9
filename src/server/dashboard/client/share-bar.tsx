// How much of a cap is used, as a bar: what was spent, then what is reserved. Colours change near the cap and at it; the words beside it
// say the same.
import { spendShares } from './money.ts';

interface ShareBarProps {
  readonly spent: number;
  readonly reserved: number;
  readonly cap: number;
  readonly label: string;
}

export function ShareBar(props: ShareBarProps) {
  const shares = spendShares(props.spent, props.reserved, props.cap);
  const level = shares.spent + shares.reserved;
  return (
    <svg
      class={`spend-bar${level >= 95 ? ' at-cap' : level >= 80 ? ' near-cap' : ''}`}
      viewBox="0 0 100 1"
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
    >
      <rect class="spent" x="0" y="0" width={shares.spent} height="1" />
      <rect class="reserved" x={shares.spent} y="0" width={shares.reserved} height="1" />
    </svg>
  );
}
