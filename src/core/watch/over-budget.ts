// Decides whether a run stands at or over a cap. Money and tokens are at the cap when they are used up; a count of calls is over only
// past it, since the last call that was allowed is still being made. What has spent nothing is not over a cap of nothing.
import { amountOf } from '../ledger/amount-text.ts';
import { type CapState, capName } from '../ledger/caps.ts';

const WIDEST_FIRST: readonly CapState['scope'][] = ['project', 'agent', 'group', 'run'];

/** The breached cap with the widest scope, so that the stop reaches everything that it must; null when none is. */
export function findBreach(states: readonly CapState[]): CapState | null {
  for (const scope of WIDEST_FIRST) {
    const breached = states.find((state) => state.scope === scope && isBreached(state));
    if (breached !== undefined) return breached;
  }
  return null;
}

function isBreached({ cap, posted, reserved }: CapState): boolean {
  if (cap.period === 'call') return false;
  if (posted + reserved > cap.limit) return true;
  const isUsedUp = cap.unit === 'usd' || cap.unit === 'tokens';
  return isUsedUp && posted > 0 && posted >= cap.limit;
}

/** "at the cap run_usd: $0.50 of $0.50 spent, $0.00 reserved". */
export function describeBreach({ cap, posted, reserved }: CapState): string {
  const show = (amount: number): string => amountOf(amount, cap.limit, cap.unit);
  return `at the cap ${capName(cap)}: ${show(posted)} of ${show(cap.limit)} spent, ${show(reserved)} reserved`;
}
