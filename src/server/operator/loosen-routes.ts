// What loosens, for the operator alone: resume an agent, a run or all that an operator paused, and raise a cap. Every refused attempt by
// somebody else is flagged.
import * as z from 'zod';
import type { CapUnit } from '../../core/ledger/caps.ts';
import { fromUsd, toUsd } from '../../core/ledger/money.ts';
import { type CapOwner, raiseCap } from '../../governor/ledger/raise-cap.ts';
import { resumeAgent, resumeAll } from '../../governor/stop/resume-agent.ts';
import { resumeRun } from '../../governor/stop/resume-run.ts';
import { type Answer, json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { actorOf, type Identity } from '../identity/identity.ts';
import { problem, problemOfRefusal } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { resumeTrees } from '../supervise/resume.ts';
import { count, dollars, text } from '../wire-fields.ts';

/** A reason may be given, and goes nowhere yet but through the same form as stopping. */
const mayHaveReason = z.strictObject({ reason: text(1_000).optional() });

export function loosenRoutes(context: ServerContext): Route[] {
  const common = {
    method: 'POST',
    who: ['operator'],
    decides: true,
    needsMirror: true,
    query: null,
  } as const;
  return [
    route({
      ...common,
      path: '/agents/:id/resume',
      body: mayHaveReason,
      async handle({ identity, param }) {
        const agentId = param('id');
        const resumed = await context.governor.commit((tx) =>
          resumeAgent(tx, { agentId, actor: actorOf(identity) }),
        );
        if (resumed.result === 'refused') return problemOfRefusal(resumed);
        resumeTrees(context, (run) => run.agentId === agentId);
        return json({ result: 'resumed', agent_id: agentId, at_cap: resumed.atCap });
      },
    }),
    route({
      ...common,
      path: '/runs/:id/resume',
      body: mayHaveReason,
      async handle({ identity, param }) {
        const runId = param('id');
        const resumed = await context.governor.commit((tx) =>
          resumeRun(tx, { runId, actor: actorOf(identity) }),
        );
        if (resumed.result === 'refused') return problemOfRefusal(resumed);
        resumeTrees(context, (run) => run.runId === runId);
        return json({ result: 'resumed', run_id: runId, at_cap: resumed.atCap });
      },
    }),
    route({
      ...common,
      path: '/admin/resume-all',
      body: mayHaveReason,
      async handle({ identity }) {
        const agents = await context.governor.commit((tx) => resumeAll(tx, actorOf(identity)));
        resumeTrees(context, () => true);
        return json({ result: 'resumed', agents });
      },
    }),
    route({
      ...common,
      path: '/budget/:id/raise',
      body: raise,
      handle: ({ body, identity, param }) =>
        raiseTo(context, identity, { kind: 'agent', id: param('id') }, body),
    }),
    route({
      ...common,
      path: '/budget/raise',
      body: raise.extend({ of: owner }),
      handle: ({ body: { of, ...body }, identity }) => raiseTo(context, identity, of, body),
    }),
  ];
}

const raise = z.strictObject({
  tier: z.enum(['call', 'run', 'hour', 'day', 'month', 'total']),
  usd: dollars.optional(),
  tokens: count.optional(),
  llm_calls: count.optional(),
  tool_calls: count.optional(),
});

/** What is shared: the project's own caps, or those of a group. */
const owner = z
  .string()
  .max(70)
  .transform((of, ctx): CapOwner => {
    if (of === 'project') return { kind: 'project' };
    if (/^group:./.test(of)) return { kind: 'group', name: of.slice('group:'.length) };
    ctx.addIssue({ code: 'custom', message: 'not "project" or "group:<name>"' });
    return z.NEVER;
  });

async function raiseTo(
  context: ServerContext,
  identity: Identity,
  of: CapOwner,
  body: z.output<typeof raise>,
): Promise<Answer> {
  const { tier, ...limits } = body;
  const given = Object.entries(limits).filter((entry): entry is [CapUnit, number] => entry[1] !== undefined);
  const [only, ...others] = given;
  if (only === undefined || others.length > 0)
    return problem(400, 'invalid', 'body: give one of usd, tokens, llm_calls and tool_calls');
  const [unit, amount] = only;
  const input = {
    of,
    period: tier,
    unit,
    limit: unit === 'usd' ? fromUsd(amount) : amount,
    actor: actorOf(identity),
  };
  const raised = await context.governor.commit((tx) => raiseCap(tx, input));
  if (raised.result === 'refused') return problemOfRefusal(raised);
  // Those that are still paused in the record are left as they are.
  resumeTrees(context, (run) => of.kind !== 'agent' || run.agentId === of.id);
  return json({
    ...(of.kind === 'agent'
      ? { agent_id: of.id }
      : { of: of.kind === 'group' ? `group:${of.name}` : 'project' }),
    cap: raised.cap,
    limit: raised.limit,
    ...(unit === 'usd' ? { limit_micro_usd: raised.limit, limit_usd: toUsd(raised.limit) } : {}),
  });
}
