// What an event says of a standing approval: its bounds, and what is left of them.
import type { GrantRow } from '../../store/read/grants.ts';

export function grantFacts(grant: GrantRow): Readonly<Record<string, unknown>> {
  return {
    grant_id: grant.id,
    action_type: grant.action,
    resource: grant.resource,
    agent_id: grant.agent_id,
    run_id: grant.run_id,
    when: grant.conditions === null ? null : (JSON.parse(grant.conditions) as unknown),
    irreversible: grant.irreversible === 1,
    uses: grant.uses,
    used: grant.used,
    usd_micro_usd: grant.usd,
    used_micro_usd: grant.used_usd,
    until: new Date(grant.until_ms).toISOString(),
    note: grant.note,
  };
}
