// The edited rules: what differs from what is in force, and putting in force exactly what was shown.
import * as z from 'zod';
import { json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { actorOf } from '../identity/identity.ts';
import { presentRulesProblem } from '../present/rules-problem.ts';
import { problemOfRefusal } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { toWireCase } from '../wire/policy-cases.ts';

export function rulesRoutes(context: ServerContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/admin/changes',
      who: ['operator', 'viewer'],
      body: null,
      query: null,
      async handle() {
        const found = await context.changes.read();
        const problems = found.problems.map(presentRulesProblem);
        return json({
          in_force: found.inForce,
          edited: found.edited ?? '',
          files: found.files,
          problem: problems[0] ?? null,
          problems,
          cases: found.cases.map(toWireCase),
        });
      },
    }),
    route({
      method: 'POST',
      path: '/admin/accept',
      who: ['operator'],
      decides: true,
      needsMirror: true,
      body: z.strictObject({
        rules_hash: z.string().regex(/^[0-9a-f]{64}$/, 'the hash that was shown with the difference'),
      }),
      query: null,
      async handle({ body, identity }) {
        const accepted = await context.changes.accept(body.rules_hash, actorOf(identity));
        return accepted.result === 'refused'
          ? problemOfRefusal(accepted)
          : json({ result: 'accepted', rules_hash: accepted.hash });
      },
    }),
  ];
}
