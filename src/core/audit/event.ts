// The form of a recorded event. An event is serialised once; those bytes are stored, hashed and mirrored, and never made
// again from parsed data. Payload and salt stand beside the event, so that a payload can be purged while the chain still verifies.
//
// payload_hash = SHA-256(salt ‖ payload bytes), hash = SHA-256(prev_hash ‖ event bytes); salt and hashes enter as their hex text,
// so that any line can be checked with `printf '%s' … | sha256sum`.
import { hash as hashOf } from 'node:crypto';

const EVENT_VERSION = 1;
/** The prev_hash of the first event. */
export const GENESIS_HASH = '0'.repeat(64);

export type ActorKind =
  | 'operator'
  | 'viewer'
  | 'brake'
  | 'runner'
  | 'agent'
  | 'policy'
  | 'grant'
  | 'executor'
  | 'watchdog'
  | 'server'
  | 'timeout'
  | 'anonymous';

export interface Actor {
  readonly kind: ActorKind;
  readonly id: string | null;
}

export type Tier = 'confined' | 'advisory';

export interface EventDraft {
  readonly eventType: string;
  readonly actor: Actor;
  readonly agentId?: string | null;
  readonly runId?: string | null;
  readonly proposalId?: string | null;
  readonly tier?: Tier | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface EventPlace {
  readonly seq: number;
  /** Milliseconds since the epoch, never before that of the event before. */
  readonly tsMs: number;
  readonly hostId: string;
  readonly policyHash: string | null;
  readonly prevHash: string;
  /** 32 hex characters of fresh randomness. */
  readonly salt: string;
}

export interface SealedEvent {
  readonly seq: number;
  readonly tsMs: number;
  readonly eventType: string;
  readonly agentId: string | null;
  readonly runId: string | null;
  readonly proposalId: string | null;
  /** The bytes that are hashed. */
  readonly event: string;
  readonly salt: string;
  readonly payload: string;
  readonly prevHash: string;
  readonly hash: string;
}

export function sealEvent(draft: EventDraft, place: EventPlace): SealedEvent {
  const payload = JSON.stringify(draft.payload);
  const agentId = draft.agentId ?? null;
  const runId = draft.runId ?? null;
  const proposalId = draft.proposalId ?? null;
  const event = JSON.stringify({
    v: EVENT_VERSION,
    seq: place.seq,
    ts: new Date(place.tsMs).toISOString(),
    host_id: place.hostId,
    event_type: draft.eventType,
    actor: { kind: draft.actor.kind, id: draft.actor.id },
    agent_id: agentId,
    run_id: runId,
    proposal_id: proposalId,
    tier: draft.tier ?? null,
    policy_hash: place.policyHash,
    payload_hash: chainHash(place.salt, payload),
  });
  return {
    seq: place.seq,
    tsMs: place.tsMs,
    eventType: draft.eventType,
    agentId,
    runId,
    proposalId,
    event,
    salt: place.salt,
    payload,
    prevHash: place.prevHash,
    hash: chainHash(place.prevHash, event),
  };
}

/** Lower-case hex SHA-256 of `prefix` followed by `text`, both UTF-8. */
export function chainHash(prefix: string, text: string): string {
  return hashOf('sha256', prefix + text, 'hex');
}
