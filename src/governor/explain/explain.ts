// Answers what the gate would say to an action, by the functions with which the gate says it, over the store as it stands. It writes
// nothing, counts nothing and stops nothing.

import { llmCallRequest, runStartRequest, UNOPPOSED } from '../../core/policy/action-request.ts';
import { type PolicyDecision, stricter } from '../../core/policy/decision.ts';
import { resourceField } from '../../core/policy/tool-argument.ts';
import { hasRoomFor } from '../grant/covering-grants.ts';
import { whyAtCap } from '../ledger/at-cap.ts';
import { judgeModelCall } from '../ledger/judge-model-call.ts';
import type { ActingRun } from '../policy/decision-context.ts';
import type { DecisionView } from '../policy/decision-view.ts';
import { judgeAction, judgeStart } from '../policy/judge-action.ts';
import {
  grantsFor,
  judgeProposal,
  type ProposedAction,
  requestOf,
  whyNotTaken,
} from '../proposal/judge-proposal.ts';
import { type Refused, refused } from '../refusal.ts';
import { whyTooManyRuns } from '../run/too-many-runs.ts';
import { checkCallCaps, judgeToolCall, judgeToolResult, requestOfCall } from '../tool/judge-tool-call.ts';
import { idle, withResource } from './given.ts';
import { type Answer, answerByRules, answerRefused, type Explained, type Question } from './question.ts';
import { type WhoActs, whoActs } from './who-acts.ts';

const PROPOSED = /^[A-Za-z_][\w.:-]{0,127}$/;

export function explain(view: DecisionView, question: Question): Explained | Refused {
  const { action } = question;
  if (action.startsWith('tool:')) return explainTool(view, question, action.slice('tool:'.length));
  if (action === 'llm_call') return explainModelCall(view, question);
  if (action === 'run_start') return explainStart(view, question);
  if (PROPOSED.test(action)) return explainProposal(view, question);
  const detail = `${JSON.stringify(action)} is no action type`;
  return refused('invalid', detail, 'letters, digits, _ . : and -, such as send_email or tool:Bash');
}

function explainProposal(view: DecisionView, question: Question): Explained | Refused {
  const who = whoActs(view, question, { agent: false, run: true });
  if (who.result === 'refused') return who;
  const payload = withResource(question, 'resource');
  if (payload.result === 'refused') return payload;
  const proposed: ProposedAction = {
    actionType: question.action,
    payload: payload.value,
    reversible: question.reversible,
    requiresApproval: question.requiresApproval,
    expectedCostUsd: question.costUsd,
  };
  const byRules = judgeAction(view, who.run, requestOf(proposed));
  const answer = answerProposal(view, proposed, who.run, who.stopped, byRules);
  return explained(view, who, answer, [...payload.assumed, ...idle(question, ['model', 'result'])]);
}

function answerProposal(
  view: DecisionView,
  proposed: ProposedAction,
  run: ActingRun | null,
  stopped: Refused | null,
  byRules: PolicyDecision,
): Answer {
  const refusal = stopped ?? whyNotTaken(view, proposed, run);
  if (refusal !== null) return answerRefused(refusal, byRules);
  const { decision, lacksRoom } = judgeProposal(view, proposed, run);
  if (decision.effect === 'require_approval' && !lacksRoom) {
    for (const grant of grantsFor(view, proposed, run)) {
      if (!hasRoomFor(grant, proposed.expectedCostUsd)) continue;
      const reasons = [`${grant.id} approves what ${decision.rule} would hold`];
      const granted = { effect: 'allow', rule: 'grant', reasons, severity: decision.severity } as const;
      return { decision: granted, byRules, refusal: null, grantId: grant.id };
    }
  }
  return { decision, byRules, refusal: null, grantId: null };
}

function explainTool(view: DecisionView, question: Question, tool: string): Explained | Refused {
  const who = whoActs(view, question, { agent: true, run: true });
  if (who.result === 'refused') return who;
  const { run } = who;
  if (tool === '' || tool.length > 200) return noTool(question.action);
  const input = withResource(question, resourceField(tool));
  if (input.result === 'refused') return input;
  const unused = idle(question, ['model', 'costUsd', 'words']);
  if (run === null)
    return explained(view, who, answerNobody(view, tool, input.value), [...input.assumed, ...unused]);
  const agentDir = question.agentDir(run.agent_id);
  const judged = judgeToolCall(view, run, { tool, input: input.value, agentDir });
  if (question.result !== undefined) {
    const call = { tool, resource: judged.request.resource ?? null };
    const against = judgeToolResult(view, run, call, question.result) ?? UNOPPOSED;
    return explained(view, who, answerByRules(against), [...input.assumed, ...unused]);
  }
  const byRules = judged.decision;
  const held: ProposedAction = {
    actionType: question.action,
    payload: input.value,
    reversible: null,
    requiresApproval: null,
    expectedCostUsd: null,
    heldCall: judged,
  };
  const answer = (): Answer => {
    if (who.stopped !== null) return answerRefused(who.stopped, byRules);
    if (byRules.effect === 'deny') return answerByRules(byRules);
    const fit = checkCallCaps(view, run);
    if (fit.result !== 'fits') return answerRefused(whyAtCap(run, fit), byRules);
    return byRules.effect === 'allow'
      ? answerByRules(byRules)
      : answerProposal(view, held, run, null, byRules);
  };
  return explained(view, who, answer(), [...input.assumed, ...unused]);
}

/** Without an agent there are no tool lists, and nothing listed is nothing allowed. */
function answerNobody(view: DecisionView, tool: string, input: unknown): Answer {
  const nowhere = { agentDir: null, cwd: '.' };
  const byRules = judgeAction(view, null, requestOfCall({ tool, input }, nowhere, UNOPPOSED));
  const reasons = ['no agent is named, and without one no [tools] list allows a call'];
  const byLists = { effect: 'deny', rule: 'tools.default', reasons, severity: 'medium' } as const;
  return { decision: stricter(byRules, byLists), byRules, refusal: null, grantId: null };
}

function explainModelCall(view: DecisionView, question: Question): Explained | Refused {
  const who = whoActs(view, question, { agent: true, run: true });
  if (who.result === 'refused') return who;
  const { run } = who;
  const { costUsd } = question;
  const model = question.model ?? view.rules.agents.get(who.agentId ?? '')?.model ?? null;
  const unused = idle(question, ['payload', 'result', 'words']);
  if (run === null || model === null) {
    const byRules = judgeAction(view, run, llmCallRequest(model, costUsd));
    const open = [
      `${run === null ? '' : 'no model is named (--model), and '}models, prices and caps were not asked`,
    ];
    const answer =
      who.stopped === null ? answerAtOnce(byRules, 'a model call') : answerRefused(who.stopped, byRules);
    return explained(view, who, answer, [...open, ...unused]);
  }
  const assumed = [
    ...(question.model === null ? [`it asks for ${model}, the model of its agent.toml`] : []),
    ...(question.costUsd === null
      ? ['its cost is not told, and caps on money were not asked; --cost-usd says the most it may cost']
      : []),
    ...unused,
  ];
  const amounts = { usd: costUsd ?? 0, tokens: 0, llm_calls: 1, tool_calls: 0 };
  const judged = judgeModelCall(view, run, model, () => ({ amounts, costUsd }));
  const byRules = 'decision' in judged ? judged.decision : NOT_ASKED;
  const answer = (): Answer => {
    if (who.stopped !== null) return answerRefused(who.stopped, byRules);
    if (judged.result === 'refused') return answerRefused(judged, byRules);
    if (judged.result === 'denied') return answerAtOnce(byRules, 'a model call');
    return judged.check.result === 'fits'
      ? answerByRules(byRules)
      : answerRefused(whyAtCap(run, judged.check), byRules);
  };
  return explained(view, who, answer(), assumed);
}

/** Where no rule was asked because something before them refuses. */
const NOT_ASKED: PolicyDecision = { effect: 'allow', rule: 'allow', reasons: [], severity: 'low' };

function explainStart(view: DecisionView, question: Question): Explained | Refused {
  const who = whoActs(view, question, { agent: true, run: false });
  if (who.result === 'refused') return who;
  const agent = view.rules.agents.get(who.agentId ?? '') ?? null;
  const request = runStartRequest(question.model ?? agent?.model ?? null);
  const byRules = agent === null ? judgeAction(view, null, request) : judgeStart(view, agent.id, request);
  const stopped = who.stopped ?? (agent === null ? null : whyTooManyRuns(view, agent));
  const answer =
    stopped === null ? answerAtOnce(byRules, 'the start of a run') : answerRefused(stopped, byRules);
  const assumed = ['a watchdog is alive, and the machine can confine the run if it has to be'];
  return explained(view, who, answer, [
    ...assumed,
    ...idle(question, ['payload', 'result', 'costUsd', 'words', 'run']),
  ]);
}

/** What can't wait for a person is refused when a rule holds it. */
function answerAtOnce(decision: PolicyDecision, what: string): Answer {
  if (decision.effect === 'allow') return answerByRules(decision);
  const hint =
    decision.effect === 'deny'
      ? 'see policy.toml'
      : `${what} can't wait for a person: what is held is refused`;
  const refusal = refused('denied_by_rule', decision.reasons.join('; '), hint);
  return { decision, byRules: decision, refusal, grantId: null };
}

function explained(
  view: DecisionView,
  who: WhoActs,
  { byRules, ...answer }: Answer,
  assumed: readonly string[],
): Explained {
  const { decision } = answer;
  const isSame =
    byRules === NOT_ASKED || (byRules.effect === decision.effect && byRules.rule === decision.rule);
  const at =
    view.atMs === undefined ? [] : ['rates, spend, budgets and the age of the run are as they stand now'];
  return {
    result: 'explained',
    ...answer,
    byRules: isSame ? null : byRules,
    agentId: who.agentId,
    runId: who.isRunToCome ? null : (who.run?.id ?? null),
    assumed: [...who.assumed, ...assumed, ...at],
  };
}

function noTool(action: string): Refused {
  return refused('invalid', `${JSON.stringify(action)} names no tool`, 'write tool:Bash, for example');
}
