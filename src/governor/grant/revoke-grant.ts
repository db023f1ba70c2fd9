// Takes a standing approval back. What it approved before stays approved; nothing more is.
import type { Actor } from '../../core/audit/event.ts';
import { type GrantRow, readGrant } from '../../store/read/grants.ts';
import { revokeGrantRow } from '../../store/write/grants.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';
import { grantFacts } from './grant-facts.ts';

export interface GrantRevoked {
  readonly result: 'revoked';
  readonly grant: GrantRow;
}

/** Said again it is answered the same, and recorded once. */
export function revokeGrant(
  tx: Transaction,
  input: { readonly grantId: string; readonly actor: Actor },
): GrantRevoked | Refused {
  const before = readGrant(tx.store, input.grantId);
  if (before === null) return refused('not_found', 'there is no such grant', 'see `governed-agents grants`');
  if (!revokeGrantRow(tx.store, before.id, tx.nowMs)) return { result: 'revoked', grant: before };
  const grant: GrantRow = { ...before, revoked_at_ms: tx.nowMs };
  tx.emit({
    eventType: 'grant_revoked',
    actor: input.actor,
    agentId: grant.agent_id,
    runId: grant.run_id,
    payload: grantFacts(grant),
  });
  return { result: 'revoked', grant };
}
