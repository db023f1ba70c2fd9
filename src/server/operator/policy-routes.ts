// What the rules in force say of an action that nobody has done: the gate's own answer, over the store as it stands.
import { join } from 'node:path';
import * as z from 'zod';
import { fromUsd } from '../../core/ledger/money.ts';
import type { PolicyDecision } from '../../core/policy/decision.ts';
import { toRfc3339 } from '../../core/time.ts';
import { explain } from '../../governor/explain/explain.ts';
import type { Explained } from '../../governor/explain/question.ts';
import { loadDetector } from '../../governor/policy/detector.ts';
import { refused } from '../../governor/refusal.ts';
import { readTip } from '../../store/read/events.ts';
import { json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { problemOfRefusal } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { createConditionsOf } from '../rules/grant-conditions.ts';
import type { WireExplained, WireJudgement } from '../wire/policy.ts';
import { agentId, dollars, freeJson, text, time, words } from '../wire-fields.ts';

/** What an explanation is made of. */
type PolicyContext = Pick<ServerContext, 'store' | 'clock' | 'rules' | 'projectDir'>;

const question = z.strictObject({
  action: words(250),
  payload: freeJson.optional(),
  result: freeJson.optional(),
  resource: text(32_768).nullish(),
  agent_id: agentId.nullish(),
  run_id: words(128).nullish(),
  model: words(200).nullish(),
  cost_usd: dollars.nullish(),
  reversible: z.boolean().nullish(),
  requires_approval: z.boolean().nullish(),
  at: time.nullish(),
});

export function policyRoutes(context: PolicyContext): Route[] {
  const conditionsOf = createConditionsOf(context.rules);
  return [
    route({
      method: 'POST',
      path: '/policy/explain',
      who: ['operator', 'viewer'],
      body: question,
      query: null,
      async handle({ body }) {
        const accepted = context.rules.current();
        if (accepted === null) return problemOfRefusal(NOTHING_IN_FORCE);
        const { rules } = accepted;
        if (rules.policy.rules.usesDetector) await loadDetector();
        const { store } = context;
        const nowMs = Math.max(context.clock(), readTip(store).tsMs);
        const atMs = body.at ?? null;
        const view = { store, rules, nowMs, conditionsOf, ...(atMs === null ? {} : { atMs }) };
        const answer = explain(view, {
          action: body.action,
          payload: body.payload,
          result: body.result,
          resource: body.resource ?? null,
          agentId: body.agent_id ?? null,
          runId: body.run_id ?? null,
          model: body.model ?? null,
          costUsd: typeof body.cost_usd === 'number' ? fromUsd(body.cost_usd) : null,
          reversible: body.reversible ?? null,
          requiresApproval: body.requires_approval ?? null,
          agentDir: (id) => join(context.projectDir, 'agents', id),
        });
        if (answer.result === 'refused') return problemOfRefusal(answer);
        return json(presentExplained(answer, body.action, atMs ?? nowMs, rules.hash));
      },
    }),
  ];
}

const NOTHING_IN_FORCE = refused(
  'rules_not_accepted',
  'no rules are in force in this project yet',
  'look at them and put them in force with `governed-agents accept`',
);

function presentExplained(answer: Explained, action: string, atMs: number, hash: string): WireExplained {
  const { decision, byRules, refusal } = answer;
  return {
    action,
    ...judgement(decision),
    refusal: refusal === null ? null : { code: refusal.code, detail: refusal.detail, hint: refusal.hint },
    grant_id: answer.grantId,
    by_rules: byRules === null ? null : judgement(byRules),
    agent_id: answer.agentId,
    run_id: answer.runId,
    at: toRfc3339(atMs),
    policy_hash: hash,
    assumed: answer.assumed,
  };
}

function judgement(decision: PolicyDecision): WireJudgement {
  const { effect, rule, reasons, severity, retryAfterSeconds, approvalTimeoutMs } = decision;
  const timeout = approvalTimeoutMs === undefined ? null : approvalTimeoutMs / 1_000;
  return {
    effect,
    rule,
    reasons,
    severity,
    retry_after: retryAfterSeconds ?? null,
    approval_timeout_seconds: timeout,
  };
}
