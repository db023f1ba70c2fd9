// What the edited rules would have changed in the recent past, before anyone accepts them. One replay is under way at a time, and who asks
// for the same one meanwhile gets its answer.
import { join } from 'node:path';
import { parseRules, readBundle } from '../../config/rules-entry.ts';
import { InputError } from '../../core/fault.ts';
import type { Rules } from '../../core/rules/rules.ts';
import { EDIT_BOUND, simulateEdit } from '../../governor/simulate/simulate-edit.ts';
import { json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { type Problem, problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { toWireSimulated, type WireEditSimulated } from '../wire/simulation.ts';

const MOST_EXAMPLES = 10;

export function simulationRoutes(context: ServerContext): Route[] {
  let underWay: { readonly key: string; readonly answer: Promise<WireEditSimulated> } | null = null;

  const once = (inForce: Rules, changed: Rules): Promise<WireEditSimulated> => {
    const key = `${inForce.hash} ${changed.hash}`;
    if (underWay?.key === key) return underWay.answer;
    const replayNow = (): Promise<WireEditSimulated> => replay(context, inForce, changed);
    const answer = underWay === null ? replayNow() : underWay.answer.then(replayNow, replayNow);
    const own = { key, answer };
    underWay = own;
    const done = (): void => {
      if (underWay === own) underWay = null;
    };
    answer.then(done, done);
    return answer;
  };

  return [
    route({
      method: 'GET',
      path: '/admin/simulation',
      who: ['operator', 'viewer'],
      body: null,
      query: null,
      async handle() {
        const accepted = context.rules.current();
        if (accepted === null) return NOTHING_IN_FORCE;
        const edited = await readEdited(context.projectDir);
        if ('kind' in edited) return edited;
        try {
          return json(await once(accepted.rules, edited));
        } catch (error) {
          if (context.closing.aborted) return STOPPING;
          throw error;
        }
      },
    }),
  ];
}

async function readEdited(projectDir: string): Promise<Rules | Problem> {
  try {
    const parsed = parseRules(await readBundle(projectDir));
    return parsed.result === 'rules' ? parsed.rules : brokenRules(parsed.problems[0]);
  } catch (error) {
    if (error instanceof InputError) return brokenRules(error);
    throw error;
  }
}

async function replay(context: ServerContext, inForce: Rules, changed: Rules): Promise<WireEditSimulated> {
  const found = await simulateEdit(
    {
      store: context.store,
      inForce,
      changed,
      agentDirOf: (agentId) => join(context.projectDir, 'agents', agentId),
      mostExamples: MOST_EXAMPLES,
      signal: context.closing,
    },
    context.clock(),
  );
  return { ...toWireSimulated(found, { inForce: inForce.hash, changed: changed.hash }), bound: EDIT_BOUND };
}

const NOTHING_IN_FORCE: Problem = problem(
  409,
  'rules_not_accepted',
  'no rules are in force in this project yet, so nothing was decided that could be replayed',
  'look at them with `governed-agents accept`',
);

const STOPPING: Problem = problem(503, 'stopping', 'the server stops', 'ask again when it runs');

function brokenRules(mistake: InputError | undefined): Problem {
  const what = mistake === undefined ? '' : `: ${mistake.message}`;
  const hint = 'GET /admin/changes has every mistake with its file and line';
  return problem(409, 'rules_invalid', `the edited files can't be put in force${what}`, hint);
}
