// A person approves in advance: a pattern, so many times, for so much money, until a time. The record says exactly what was granted.
import type { Actor } from '../../core/audit/event.ts';
import { type GrantPattern, whyNoPattern } from '../../core/grant/covers.ts';
import type { MicroUsd } from '../../core/ledger/money.ts';
import { type GrantRow, readGrant, readOpenGrants } from '../../store/read/grants.ts';
import { readRun } from '../../store/read/runs.ts';
import { insertGrant } from '../../store/write/grants.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';
import { grantFacts } from './grant-facts.ts';

export interface AddGrantInput extends GrantPattern {
  /** As they were given, checked before; null when there are none. */
  readonly conditions: unknown;
  readonly uses: number;
  readonly usd: MicroUsd | null;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
  readonly note: string | null;
  readonly actor: Actor;
}

export interface GrantAdded {
  readonly result: 'granted';
  readonly grant: GrantRow;
}

/** So that looking for one that covers an action stays quick. */
const MOST_OPEN_GRANTS = 200;
const LONGEST_MS = 366 * 24 * 3_600_000;

export function addGrant(tx: Transaction, input: AddGrantInput): GrantAdded | Refused {
  const why = whyNotGranted(tx, input);
  if (why !== null) return why;
  const id = tx.newId('gnt');
  insertGrant(tx.store, {
    id,
    action: input.action,
    resource: input.resource,
    agent_id: input.agentId,
    run_id: input.runId,
    conditions: input.conditions === null ? null : JSON.stringify(input.conditions),
    irreversible: input.irreversible ? 1 : 0,
    uses: input.uses,
    usd: input.usd,
    until_ms: input.untilMs,
    note: input.note,
    created_at_ms: tx.nowMs,
    created_by: input.actor.id,
  });
  const grant = readGrant(tx.store, id);
  if (grant === null) throw new Error(`the grant ${id} is gone in its own transaction`);
  tx.emit({
    eventType: 'grant_created',
    actor: input.actor,
    agentId: grant.agent_id,
    runId: grant.run_id,
    payload: grantFacts(grant),
  });
  return { result: 'granted', grant };
}

function whyNotGranted(tx: Transaction, input: AddGrantInput): Refused | null {
  const pattern = whyNoPattern(input);
  if (pattern !== null) {
    return refused('bad_pattern', pattern, 'for example send_email, deploy_*, tool:Bash');
  }
  if (input.untilMs <= tx.nowMs) {
    return refused('expires_in_past', 'until is in the past by the clock of the server', 'give a later time');
  }
  if (input.untilMs - tx.nowMs > LONGEST_MS) {
    return refused(
      'too_long',
      'a grant lasts a year at most',
      'for what is always allowed write a rule in policy.toml',
    );
  }
  if (input.agentId !== null && !tx.rules.agents.has(input.agentId)) {
    const known = [...tx.rules.agents.keys()].join(', ') || 'none';
    return refused('unknown_agent', `there is no accepted agent ${input.agentId}`, `agents: ${known}`);
  }
  if (input.runId !== null && readRun(tx.store, input.runId) === null) {
    return refused('unknown_run', `there is no run ${input.runId}`, 'see `governed-agents runs`');
  }
  if (readOpenGrants(tx.store, tx.nowMs).length >= MOST_OPEN_GRANTS) {
    return refused(
      'too_many_grants',
      `${MOST_OPEN_GRANTS} grants are open already`,
      'revoke some with `governed-agents grants revoke`, or write a rule in policy.toml',
    );
  }
  return null;
}
