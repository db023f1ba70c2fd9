// The past under one set of rules: judges each action with the facts, windows and money that these rules would have led to, in a store of
// its own. Judged by the code that judges when it counts; only what an action led to is taken from the record.
import type { MicroUsd } from '../../core/ledger/money.ts';
import { llmCallRequest, runStartRequest } from '../../core/policy/action-request.ts';
import type { Effect, PolicyDecision } from '../../core/policy/decision.ts';
import type { Rules } from '../../core/rules/rules.ts';
import type { FollowingEvent, RecordedAction } from '../../core/simulate/recorded-event.ts';
import type { Store } from '../../store/open.ts';
import type { RunRow } from '../../store/read/runs.ts';
import type { ActingRun } from '../policy/decision-context.ts';
import type { DecisionView } from '../policy/decision-view.ts';
import { judgeAction, judgeStart } from '../policy/judge-action.ts';
import { countAction } from '../policy/window-use.ts';
import { isSelfApproval, judgeProposal } from '../proposal/judge-proposal.ts';
import { judgeToolCall } from '../tool/judge-tool-call.ts';
import { SimulatedMoney } from './simulated-money.ts';

export interface SimulationPlace {
  readonly rules: Rules;
  /** Empty, and of this simulation alone. */
  readonly store: Store;
  readonly runOf: (id: string) => RunRow | null;
  /** Absolute path of an agent's folder, for patterns over paths. */
  readonly agentDirOf: (agentId: string) => string;
}

const FINAL = 'final_rejection';

export class Simulation {
  readonly #place: SimulationPlace;
  readonly #money: SimulatedMoney;
  /** What waits for a person, by proposal: its run. */
  readonly #waiting = new Map<string, string | null>();
  readonly #waitingOfRun = new Map<string, number>();

  constructor(place: SimulationPlace) {
    this.#place = place;
    this.#money = new SimulatedMoney(place.runOf);
  }

  get rules(): Rules {
    return this.#place.rules;
  }

  judge(action: RecordedAction): PolicyDecision {
    const { subject, agentId } = action;
    const view = this.#viewAt(action.atMs);
    const run = this.#actingRun(action.runId);
    switch (subject.kind) {
      case 'proposal':
        return this.#judgeProposal(view, run, action, subject);
      case 'tool_call':
        return this.#judgeCall(view, run, action, subject);
      case 'llm_call':
        return judgeAction(
          view,
          run,
          llmCallRequest(subject.model, subject.asked === null ? null : (subject.asked.usd as MicroUsd)),
        );
      case 'run_start': {
        const model = this.#place.rules.agents.get(agentId ?? '')?.model ?? null;
        return judgeStart(view, agentId ?? '', runStartRequest(model));
      }
      case 'lost':
        throw new Error(`event ${action.seq} was judged without what it was about`);
    }
  }

  /** Counts an action that was decided so, here or in the record, and books what it is known to lead to. */
  follow(action: RecordedAction, effect: Effect): void {
    const view = this.#viewAt(action.atMs);
    const { subject, proposalId, runId } = action;
    this.#money.begin(view, action, effect);
    // A model call or a run that is held does not happen: nothing waits for a person there.
    const counts = subject.kind === 'llm_call' || subject.kind === 'run_start' ? 'allow' : 'require_approval';
    if (effect === 'allow' || effect === counts) countAction(view, action.agentId, action.action);
    if (effect === 'require_approval' && action.waits && proposalId !== null) this.#wait(proposalId, runId);
  }

  followUp(event: FollowingEvent): void {
    if (event.is === 'decided') this.#stopWaiting(event.proposalId);
    this.#money.goOn(this.#viewAt(event.atMs), event);
  }

  #judgeProposal(
    view: DecisionView,
    run: ActingRun | null,
    action: RecordedAction,
    subject: Extract<RecordedAction['subject'], { readonly kind: 'proposal' }>,
  ): PolicyDecision {
    if (action.recorded.rule === FINAL) return finallyRejected(action);
    const proposed = {
      actionType: action.action,
      payload: subject.payload,
      reversible: subject.reversible,
      requiresApproval: subject.requiresApproval,
      expectedCostUsd: subject.costUsd as MicroUsd | null,
    };
    return isSelfApproval(view, proposed)
      ? selfApproved(action)
      : judgeProposal(view, proposed, run).decision;
  }

  /** A person's final word is asked only for what would be held. */
  #judgeCall(
    view: DecisionView,
    run: ActingRun | null,
    action: RecordedAction,
    { tool, input }: Extract<RecordedAction['subject'], { readonly kind: 'tool_call' }>,
  ): PolicyDecision {
    if (run === null) throw new Error(`event ${action.seq} is a tool call without a run`);
    const agentDir = this.#place.agentDirOf(run.agent_id);
    const { decision } = judgeToolCall(view, run, { tool, input, agentDir });
    const isFinal = decision.effect === 'require_approval' && action.recorded.rule === FINAL;
    return isFinal ? finallyRejected(action) : decision;
  }

  #viewAt(nowMs: number): DecisionView {
    const { store, rules } = this.#place;
    // Standing approvals answer for a person after the rules spoke: a replay asks what the rules say.
    return { store, rules, nowMs, conditionsOf: () => null };
  }

  #actingRun(id: string | null): ActingRun | null {
    const run = id === null ? null : this.#place.runOf(id);
    if (run === null) return null;
    const { agent_id, run_usd_cap, group_name, batch, task, tier, started_at_ms } = run;
    const proposals_pending = this.#waitingOfRun.get(run.id) ?? 0;
    return {
      id: run.id,
      agent_id,
      run_usd_cap,
      group_name,
      batch,
      task,
      tier,
      started_at_ms,
      proposals_pending,
    };
  }

  #wait(proposalId: string, runId: string | null): void {
    this.#waiting.set(proposalId, runId);
    if (runId !== null) this.#waitingOfRun.set(runId, (this.#waitingOfRun.get(runId) ?? 0) + 1);
  }

  #stopWaiting(proposalId: string): void {
    const runId = this.#waiting.get(proposalId) ?? null;
    this.#waiting.delete(proposalId);
    if (runId === null) return;
    const left = (this.#waitingOfRun.get(runId) ?? 1) - 1;
    if (left > 0) this.#waitingOfRun.set(runId, left);
    else this.#waitingOfRun.delete(runId);
  }
}

function finallyRejected({ action }: RecordedAction): PolicyDecision {
  const reasons = [`a person rejected ${action} on this target for good in that run`];
  return { effect: 'deny', rule: FINAL, reasons, severity: 'high' };
}

function selfApproved({ action }: RecordedAction): PolicyDecision {
  const reasons = [`${action} is in never_auto_approve, and was sent with requires_approval = false`];
  return { effect: 'deny', rule: 'never_auto_approve', reasons, severity: 'high' };
}
