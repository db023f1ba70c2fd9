// What the watchdog takes from the record: events as the few facts that its detectors look at. Their order is that of their sequence
// numbers; no time in them is ever used for order. A payload that is missing or of another form gives no signal, and no fault.
import { fieldOf } from '../json-object.ts';
import type { Level } from './escalation.ts';

/** An event as the store gives it; `payload` is parsed JSON, or null when it was purged. */
export interface RecordedEvent {
  readonly seq: number;
  readonly tsMs: number;
  readonly eventType: string;
  readonly actorKind: string;
  readonly runId: string | null;
  readonly proposalId: string | null;
  readonly payload: unknown;
}

interface OfRun {
  readonly runId: string;
  readonly seq: number;
  /** When it was committed, for measuring only. */
  readonly tsMs: number;
}

export type RunSignal =
  /** The run did or asked for something; the same `key` is the same thing with the same input. */
  | (OfRun & { readonly kind: 'action'; readonly key: string; readonly label: string })
  | (OfRun & { readonly kind: 'result'; readonly ok: boolean; readonly label: string })
  /** A person let the run go on: what was counted before is forgiven. */
  | (OfRun & { readonly kind: 'resumed' })
  /** A verdict of the watchdog that stands in the record. */
  | (OfRun & {
      readonly kind: 'recorded';
      readonly rule: string;
      readonly subject: string;
      readonly level: Level;
    });

export type WatchSignal =
  | RunSignal
  | (OfRun & { readonly kind: 'spend' })
  | { readonly kind: 'approved'; readonly proposalId: string; readonly runId: string | null }
  | { readonly kind: 'ended'; readonly runId: string }
  | { readonly kind: 'rules' };

/** The types of events that give signals of a run by itself: what is read again after a restart. */
export const RUN_SIGNAL_EVENTS = [
  'tool_call_allowed',
  'tool_call_denied',
  'tool_call_completed',
  'proposal_submitted',
  'action_executed',
  'action_failed',
  'run_resumed',
  'watchdog_warning',
  'watchdog_pause',
] as const;

/** All types that give any signal. */
export const SIGNAL_EVENTS = [
  ...RUN_SIGNAL_EVENTS,
  'proposal_decided',
  'llm_call_settled',
  'budget_charge',
  'budget_raised',
  'run_ended',
  'rules_accepted',
] as const;

export function signalsOf(event: RecordedEvent): readonly WatchSignal[] {
  const signals: WatchSignal[] = [];
  if (event.eventType === 'rules_accepted' || event.eventType === 'budget_raised')
    signals.push({ kind: 'rules' });
  if (event.proposalId !== null && isApproval(event)) {
    signals.push({ kind: 'approved', proposalId: event.proposalId, runId: event.runId });
  }
  if (event.runId !== null) {
    const signal = ofRun(event, { runId: event.runId, seq: event.seq, tsMs: event.tsMs });
    if (signal !== null) signals.push(signal);
  }
  return signals;
}

function ofRun(event: RecordedEvent, of: OfRun): WatchSignal | null {
  switch (event.eventType) {
    // A held call is not here: it is in the record as a proposal too, with the same hash.
    case 'tool_call_allowed':
    case 'tool_call_denied':
      return action(of, `tool:${text(event, 'tool') ?? '?'}`, text(event, 'input_hash'));
    case 'proposal_submitted':
      return action(of, text(event, 'action_type') ?? '?', text(event, 'proposal_payload_hash'));
    case 'tool_call_completed':
      return { ...of, kind: 'result', ok: field(event, 'ok') === true, label: text(event, 'tool') ?? '?' };
    case 'action_executed':
    case 'action_failed': {
      const ok = event.eventType === 'action_executed';
      return { ...of, kind: 'result', ok, label: text(event, 'action_type') ?? '?' };
    }
    case 'llm_call_settled':
    case 'budget_charge':
      return { ...of, kind: 'spend' };
    case 'run_ended':
      return { kind: 'ended', runId: of.runId };
    case 'run_resumed':
      return event.actorKind === 'watchdog' ? null : { ...of, kind: 'resumed' };
    case 'watchdog_warning':
      return recorded(event, of, 'warn');
    case 'watchdog_pause':
      return recorded(event, of, 'pause');
    default:
      return null;
  }
}

function action(of: OfRun, label: string, hash: string | null): RunSignal | null {
  return hash === null ? null : { ...of, kind: 'action', key: `${label}#${hash}`, label };
}

function recorded(event: RecordedEvent, of: OfRun, level: Level): RunSignal | null {
  const rule = text(event, 'rule');
  return rule === null
    ? null
    : { ...of, kind: 'recorded', rule, subject: text(event, 'subject') ?? '', level };
}

/** A policy approves by itself what an executor then carries out; without one, the agent was simply let through. */
function isApproval(event: RecordedEvent): boolean {
  const status = field(event, 'status');
  if (event.eventType === 'proposal_decided') return status === 'approved';
  return (
    event.eventType === 'proposal_submitted' &&
    status === 'auto-approved' &&
    typeof field(event, 'executor') === 'string'
  );
}

function text(event: RecordedEvent, name: string): string | null {
  const value = field(event, name);
  return typeof value === 'string' ? value : null;
}

function field({ payload }: RecordedEvent, name: string): unknown {
  return fieldOf(payload, name);
}
