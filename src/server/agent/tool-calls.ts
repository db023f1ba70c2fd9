// Tool calls: each is judged before it runs, and what came back is kept once.
import { join } from 'node:path';
import * as z from 'zod';
import { checkToolCall } from '../../governor/tool/check-tool-call.ts';
import { keepToolResult } from '../../governor/tool/keep-result.ts';
import { json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { actorOf, runOf } from '../identity/identity.ts';
import { problemOfRefusal } from '../problem.ts';
import { type Route, route } from '../route.ts';
import type { WireToolCall, WireToolResult } from '../wire/proposal.ts';
import { freeJson, name } from '../wire-fields.ts';

export function toolCallRoutes(context: ServerContext): Route[] {
  return [
    route({
      method: 'POST',
      path: '/tool-calls',
      who: ['agent', 'run'],
      fills: true,
      needsMirror: true,
      body: z.strictObject({ tool: name(200), input: freeJson }),
      query: null,
      async handle({ body, identity }) {
        const run = runOf(identity);
        const agentDir = join(context.projectDir, 'agents', run.agent_id);
        const input = {
          runId: run.id,
          actor: actorOf(identity),
          tool: body.tool,
          input: body.input,
          agentDir,
        };
        const checked = await context.governor.commit((tx) => checkToolCall(tx, input));
        if (checked.result === 'refused') return problemOfRefusal(checked);
        const { effect, rule, reasons, severity, retryAfterSeconds } = checked.decision;
        const answer: WireToolCall = {
          tool_call_id: checked.toolCallId,
          verdict: effect,
          proposal_id: checked.proposalId,
          rule,
          reasons,
          severity,
          retry_after: retryAfterSeconds ?? null,
        };
        return json(answer, 201);
      },
    }),
    route({
      method: 'POST',
      path: '/tool-calls/:id/result',
      who: ['agent', 'run'],
      fills: true,
      body: z.strictObject({ ok: z.boolean().default(true), result: freeJson.optional() }),
      query: null,
      async handle({ body, identity, param }) {
        const input = {
          runId: runOf(identity).id,
          toolCallId: param('id'),
          ok: body.ok,
          result: body.result ?? null,
          actor: actorOf(identity),
        };
        const kept = await context.governor.commit((tx) => keepToolResult(tx, input));
        if (kept.result === 'refused') return problemOfRefusal(kept);
        const { against } = kept;
        const answer: WireToolResult = {
          tool_call_id: param('id'),
          kept: kept.isKept,
          verdict: against?.effect ?? 'allow',
          rule: against?.rule ?? null,
          reasons: against?.reasons ?? [],
          severity: against?.severity ?? null,
        };
        return json(answer);
      },
    }),
  ];
}
