// How strongly a run is held, said wherever a run, its agent or its proposal is shown; and why, when it is no more than advisory.
import type { Tier } from '../../wire/proposal.ts';
import { Badge } from './badges.tsx';
import { Visible } from './visible.tsx';

export const ADVISORY_MEANING =
  'Advisory: this run is not confined by the operating system. A hostile agent with your user id could get around the gate.';
export const CONFINED_MEANING = 'Confined: the escapes were tried when the run started, and none worked.';

export function TierBadge(props: { readonly tier: Tier | null }) {
  if (props.tier === null) return null;
  const confined = props.tier === 'confined';
  return (
    <Badge
      tone={confined ? 'good' : 'warn'}
      text={props.tier}
      title={confined ? CONFINED_MEANING : ADVISORY_MEANING}
    />
  );
}

export function TierReason(props: { readonly tier: Tier | null; readonly reason: string | null }) {
  if (props.tier !== 'advisory') return null;
  return (
    <p class="tier-reason">
      Not confined: <Visible text={props.reason ?? 'no reason was recorded'} />
    </p>
  );
}
