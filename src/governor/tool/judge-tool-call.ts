// What becomes of one tool call by the agent's tool lists and the policy, and whether a cap has room for it. Nothing is written here.
import { type CapCheck, checkCaps, NOTHING } from '../../core/ledger/caps.ts';
import { toolRequest, UNOPPOSED } from '../../core/policy/action-request.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import { judgeResult } from '../../core/policy/judge-result.ts';
import type { PolicyRequest } from '../../core/policy/request.ts';
import { type ToolCall, type ToolPlace, toolArgument } from '../../core/policy/tool-argument.ts';
import { decideTool } from '../../core/policy/tool-pattern.ts';
import { statesOfRun } from '../ledger/post.ts';
import { type ActingRun, contextOfRun } from '../policy/decision-context.ts';
import type { DecisionView } from '../policy/decision-view.ts';
import { judgeAction } from '../policy/judge-action.ts';

export interface AskedCall extends ToolCall {
  /** Absolute path of the agent's folder, for patterns over paths. */
  readonly agentDir: string;
}

export interface JudgedCall {
  readonly decision: PolicyDecision;
  readonly request: PolicyRequest;
  readonly call: ToolCall;
  readonly place: ToolPlace;
}

export function judgeToolCall(view: DecisionView, run: ActingRun, asked: AskedCall): JudgedCall {
  const agent = view.rules.agents.get(run.agent_id);
  const call = { tool: asked.tool, input: asked.input };
  const place = { agentDir: asked.agentDir, cwd: agent?.cwd ?? '.' };
  if (agent === undefined) {
    const reasons = ['the agent is no longer in the accepted rules'];
    const decision = { effect: 'deny', rule: 'tools.default', reasons, severity: 'high' } as const;
    return { decision, request: toolRequest({ ...call, resource: null, base: decision }), call, place };
  }
  const request = requestOfCall(call, place, decideTool(agent.tools, call, place));
  return { decision: judgeAction(view, run, request), request, call, place };
}

/** With what the call acts on, where that can be read. */
export function requestOfCall(call: ToolCall, place: ToolPlace, base: PolicyDecision): PolicyRequest {
  const argument = toolArgument(call, place);
  const resource = argument.kind === 'json' || argument.kind === 'unreadable' ? null : argument.text;
  return toolRequest({ ...call, resource, base });
}

/** What the rules have against what a call brought back; null: nothing. */
export function judgeToolResult(
  view: DecisionView,
  run: ActingRun,
  call: { readonly tool: string; readonly resource: string | null },
  result: unknown,
): PolicyDecision | null {
  const request = toolRequest({ ...call, input: result, base: UNOPPOSED });
  return judgeResult(view.rules.policy, request, contextOfRun(view, run));
}

/** What is posted for a call that was not denied. */
export const ONE_CALL = { ...NOTHING, tool_calls: 1 };

/** Asked of calls that were not denied. */
export function checkCallCaps(view: DecisionView, run: ActingRun): CapCheck {
  return checkCaps(statesOfRun(view, run), ONE_CALL);
}
