// A standing approval as it travels over HTTP. Names are public: add freely, rename nothing.
import type { GrantStatus } from '../../core/grant/grant-status.ts';

export interface WireGrant {
  readonly grant_id: string;
  readonly status: GrantStatus;
  readonly action_type: string;
  readonly resource: string | null;
  readonly agent_id: string | null;
  readonly run_id: string | null;
  /** Conditions, as in `when` of a rule. */
  readonly when: unknown;
  /** It also covers what the agent itself calls irreversible. */
  readonly irreversible: boolean;
  readonly uses: number;
  readonly used: number;
  readonly uses_left: number;
  /** Null: no bound on money. */
  readonly cap_micro_usd: number | null;
  readonly cap_usd: number | null;
  readonly spent_micro_usd: number;
  readonly spent_usd: number;
  readonly until: string;
  readonly note: string | null;
  readonly created_at: string;
  readonly revoked_at: string | null;
}
