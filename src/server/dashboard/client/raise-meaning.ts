// What a raise comes to, in words: for whom it is, how long it holds, and whether what waits at the cap goes on with it.
import type { CapRow } from './cap-rows.ts';
import type { CapWait } from './cap-stops.ts';
import { capAmount, holderName } from './cap-words.ts';

/** For which runs it is, of a cap that begins anew with each; null: of any other. */
export function raiseReach({
  tier,
  holder,
  runId,
}: Pick<CapRow, 'tier' | 'holder' | 'runId'>): string | null {
  const whose = holderName(holder);
  if (tier.tier !== 'run' || tier.owner === 'group') return null;
  if (tier.owner === 'run')
    return `It was said when this run was started. The raise is for this run, for the other live runs of ${whose} that were started with a lower cap, and for the cap of its later runs, where its rules say a lower one.`;
  const which =
    runId === null ? 'those that live, and later ones' : 'this one, others that live, and later ones';
  return `The raise is for every run of ${whose}: ${which}.`;
}

export function raiseLasts({ tier }: Pick<CapRow, 'tier'>): string {
  const until = tier.owner === 'run' ? 'the run ends' : 'the rules say another cap';
  return `It is recorded, and holds until ${until}.`;
}

export type RaiseEffect =
  | { readonly is: 'nothing waits' }
  | { readonly is: 'enough'; readonly says: string }
  | { readonly is: 'not enough'; readonly says: string };

/** `elsewhere`: the names of other caps at which something stands that goes on with the raise. */
export function raiseEffect(
  { tier, isCounted }: Pick<CapRow, 'tier' | 'isCounted'>,
  wait: CapWait | null,
  elsewhere: readonly string[],
  limit: number,
): RaiseEffect {
  const amount = (value: number): string => capAmount(tier.unit, value);
  if (wait === null) {
    if (elsewhere.length === 0) return { is: 'nothing waits' };
    const says = `What is paused stands at another cap (${elsewhere.join(', ')}): it asks again, and is paused there again.`;
    return { is: 'not enough', says };
  }
  const one = wait.calls === 1;
  if (limit >= wait.needs)
    return {
      is: 'enough',
      says: one
        ? 'What waits fits under it then, and goes on unless another cap is too low.'
        : 'All that waits fits under it then, and goes on unless another cap is too low.',
    };
  const what = one ? 'the call that waits' : `the ${wait.calls} calls that wait`;
  const asks = one ? 'asks for' : isCounted ? 'together they ask for' : 'each asks for';
  const says =
    wait.asked === 0
      ? `Still too little: ${amount(wait.needs)} stands against it already.`
      : `Still too little for ${what} (${asks} up to ${amount(wait.asked)}): ${one ? 'it pauses' : 'they pause'} again at once.`;
  return { is: 'not enough', says: `${says} ${amount(wait.enough)} is enough.` };
}
