// The money of a simulated past. What an action cost is taken from the record as long as the action happens here too; what is denied here
// costs nothing, and what only happens here costs what was expected of it, at once.
import { type Amounts, NOTHING } from '../../core/ledger/caps.ts';
import type { Effect } from '../../core/policy/decision.ts';
import type { FollowingEvent, RecordedAction } from '../../core/simulate/recorded-event.ts';
import type { RunRow } from '../../store/read/runs.ts';
import { addReserved } from '../../store/write/ledger.ts';
import { postIn } from '../ledger/post.ts';
import { PROJECT_SCOPE, scopesOf } from '../ledger/spend-scope.ts';
import type { DecisionView } from '../policy/decision-view.ts';
import { ONE_CALL } from '../tool/judge-tool-call.ts';

interface Open {
  readonly scopes: readonly string[];
  reserved: Amounts;
  /** What a proposal is expected to cost, in micro-dollars. */
  readonly expectedUsd: number;
  /** No person is asked here, whatever a person said then. */
  readonly isAllowed: boolean;
}

export class SimulatedMoney {
  readonly #runOf: (id: string) => RunRow | null;
  /** Reserved or still to be approved, by reservation or proposal. */
  readonly #open = new Map<string, Open>();
  /** What happened then and does not happen here. */
  readonly #dropped = new Set<string>();

  constructor(runOf: (id: string) => RunRow | null) {
    this.#runOf = runOf;
  }

  begin(view: DecisionView, action: RecordedAction, effect: Effect): void {
    const { subject } = action;
    if (action.action.startsWith('tool:') && subject.kind !== 'proposal') {
      // Whether there is room for a cost hangs on money alone.
      if (effect !== 'deny' && view.rules.policy.rules.asksOfUse)
        postIn(view, this.#scopes(action.runId), ONE_CALL);
    } else if (subject.kind === 'llm_call') {
      this.#beginCall(view, action, effect);
    } else if (subject.kind === 'proposal' && action.proposalId !== null) {
      this.#beginProposal(view, action, action.proposalId, effect, subject.costUsd ?? 0);
    }
  }

  goOn(view: DecisionView, event: FollowingEvent): void {
    switch (event.is) {
      case 'decided':
        this.#decided(view, event.proposalId, event.approved);
        return;
      case 'outcome':
        this.#close(view, event.proposalId, event.runId, { ...NOTHING, usd: event.usd });
        return;
      case 'settled': {
        const used = { ...NOTHING, usd: event.usd, tokens: event.tokens, llm_calls: event.calls };
        this.#close(view, event.reservationId, event.runId, used);
        return;
      }
      case 'charge':
        postIn(view, this.#scopes(event.runId), {
          ...NOTHING,
          usd: event.usd,
          tokens: event.tokens,
          tool_calls: event.calls,
        });
    }
  }

  #beginCall(view: DecisionView, { runId, subject }: RecordedAction, effect: Effect): void {
    if (subject.kind !== 'llm_call' || subject.asked === null) return;
    const { reservationId, usd, tokens } = subject.asked;
    const asked = { ...NOTHING, usd, tokens, llm_calls: 1 };
    const scopes = this.#scopes(runId);
    if (reservationId === null) {
      if (effect === 'allow') postIn(view, scopes, asked);
    } else if (effect === 'allow') {
      this.#reserve(view, this.#opened(reservationId, scopes, 0, true), asked);
    } else this.#dropped.add(reservationId);
  }

  #beginProposal(
    view: DecisionView,
    { runId, recorded }: RecordedAction,
    id: string,
    effect: Effect,
    expectedUsd: number,
  ): void {
    const scopes = this.#scopes(runId);
    if (effect === 'deny') {
      if (recorded.effect !== 'deny') this.#dropped.add(id);
    } else if (recorded.effect === 'deny') {
      if (effect === 'allow') spend(view, scopes, expectedUsd);
    } else {
      const open = this.#opened(id, scopes, expectedUsd, effect === 'allow');
      if (effect === 'allow') this.#reserve(view, open, { ...NOTHING, usd: expectedUsd });
    }
  }

  #decided(view: DecisionView, id: string, approved: boolean): void {
    const open = this.#open.get(id);
    if (!approved) this.#dropped.delete(id);
    if (open === undefined) return;
    if (approved) {
      if (!open.isAllowed) this.#reserve(view, open, { ...NOTHING, usd: open.expectedUsd });
      if (open.expectedUsd === 0) this.#open.delete(id);
      return;
    }
    this.#release(view, id, open);
    if (open.isAllowed) spend(view, open.scopes, open.expectedUsd);
  }

  /** What was begun before the replay began is booked all the same. */
  #close(view: DecisionView, id: string, runId: string | null, used: Amounts): void {
    if (this.#dropped.delete(id)) return;
    const open = this.#open.get(id);
    if (open !== undefined) this.#release(view, id, open);
    if (!isNothing(used)) postIn(view, open?.scopes ?? this.#scopes(runId), used);
  }

  #opened(id: string, scopes: readonly string[], expectedUsd: number, isAllowed: boolean): Open {
    const open: Open = { scopes, reserved: NOTHING, expectedUsd, isAllowed };
    this.#open.set(id, open);
    return open;
  }

  #reserve(view: DecisionView, open: Open, amounts: Amounts): void {
    if (isNothing(amounts)) return;
    open.reserved = amounts;
    for (const scope of open.scopes) addReserved(view.store, scope, amounts, 1);
  }

  #release(view: DecisionView, id: string, open: Open): void {
    this.#open.delete(id);
    if (isNothing(open.reserved)) return;
    for (const scope of open.scopes) addReserved(view.store, scope, open.reserved, -1);
  }

  #scopes(runId: string | null): readonly string[] {
    const run = runId === null ? null : this.#runOf(runId);
    return run === null ? [PROJECT_SCOPE] : scopesOf(run);
  }
}

function isNothing({ usd, tokens, llm_calls, tool_calls }: Amounts): boolean {
  return usd === 0 && tokens === 0 && llm_calls === 0 && tool_calls === 0;
}

function spend(view: DecisionView, scopes: readonly string[], usd: number): void {
  if (usd > 0) postIn(view, scopes, { ...NOTHING, usd });
}
