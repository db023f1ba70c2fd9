// One event of the past in the form in which a replay takes it: an action with how it was judged, or what followed from one.
import type { Effect } from '../policy/decision.ts';

export interface RecordedAction {
  readonly is: 'action';
  readonly seq: number;
  readonly atMs: number;
  readonly agentId: string | null;
  readonly runId: string | null;
  readonly proposalId: string | null;
  /** Of the proposal or the tool call; else of the run. */
  readonly id: string | null;
  /** What an agent proposed, or `tool:<Name>`, `llm_call`, `run_start`. */
  readonly action: string;
  readonly recorded: { readonly effect: Effect; readonly rule: string };
  /** A person was asked then: nothing had answered yet when this was recorded. */
  readonly waits: boolean;
  readonly subject: Subject;
}

export type Subject =
  | {
      readonly kind: 'proposal';
      readonly payload: unknown;
      readonly reversible: boolean | null;
      readonly requiresApproval: boolean | null;
      readonly costUsd: number | null;
    }
  | { readonly kind: 'tool_call'; readonly tool: string; readonly input: unknown }
  | { readonly kind: 'llm_call'; readonly model: string | null; readonly asked: AskedCall | null }
  | { readonly kind: 'run_start' }
  /** Judged then, and not to be judged again. */
  | { readonly kind: 'lost'; readonly why: Lost };

export type Lost = 'no_input' | 'no_payload';

export interface AskedCall {
  /** Null for a call that was refused: nothing was reserved for it. */
  readonly reservationId: string | null;
  /** Micro-dollars. */
  readonly usd: number;
  readonly tokens: number;
}

export type FollowingEvent = { readonly atMs: number; readonly runId: string | null } & (
  | {
      readonly is: 'decided';
      readonly proposalId: string;
      readonly approved: boolean;
      /** Micro-dollars set aside for what was approved. */
      readonly reservedUsd: number;
    }
  | { readonly is: 'outcome'; readonly proposalId: string; readonly usd: number }
  | {
      readonly is: 'settled';
      readonly reservationId: string;
      readonly usd: number;
      readonly tokens: number;
      readonly calls: number;
    }
  | { readonly is: 'charge'; readonly usd: number; readonly tokens: number; readonly calls: number }
);

export type RecordedEvent = RecordedAction | FollowingEvent;
