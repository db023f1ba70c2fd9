// How a standing approval stands. Only an active one approves anything.

export type GrantStatus = 'active' | 'used_up' | 'expired' | 'revoked';

export interface GrantState {
  readonly uses: number;
  readonly used: number;
  readonly untilMs: number;
  readonly revokedAtMs: number | null;
}

export function grantStatus(grant: GrantState, nowMs: number): GrantStatus {
  if (grant.revokedAtMs !== null) return 'revoked';
  if (grant.used >= grant.uses) return 'used_up';
  return grant.untilMs <= nowMs ? 'expired' : 'active';
}
