// A grant as it travels.
import { grantStatus } from '../../core/grant/grant-status.ts';
import { toUsd } from '../../core/ledger/money.ts';
import { toRfc3339 } from '../../core/time.ts';
import type { GrantRow } from '../../store/read/grants.ts';
import type { WireGrant } from '../wire/grant.ts';

export function presentGrant(row: GrantRow, nowMs: number): WireGrant {
  const state = {
    uses: row.uses,
    used: row.used,
    untilMs: row.until_ms,
    revokedAtMs: row.revoked_at_ms,
  };
  return {
    grant_id: row.id,
    status: grantStatus(state, nowMs),
    action_type: row.action,
    resource: row.resource,
    agent_id: row.agent_id,
    run_id: row.run_id,
    when: row.conditions === null ? null : (JSON.parse(row.conditions) as unknown),
    irreversible: row.irreversible === 1,
    uses: row.uses,
    used: row.used,
    uses_left: row.uses - row.used,
    cap_micro_usd: row.usd,
    cap_usd: row.usd === null ? null : toUsd(row.usd),
    spent_micro_usd: row.used_usd,
    spent_usd: toUsd(row.used_usd),
    until: toRfc3339(row.until_ms),
    note: row.note,
    created_at: toRfc3339(row.created_at_ms),
    revoked_at: row.revoked_at_ms === null ? null : toRfc3339(row.revoked_at_ms),
  };
}
