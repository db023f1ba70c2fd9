// budget raise: the new limit of one cap of an agent, a group or the project, through the server.
import { InputError } from '../core/fault.ts';
import { fieldOf, fieldsOf } from '../core/json-object.ts';
import { formatUsdLimit } from '../core/ledger/money.ts';
import { type CapOwner, findCapOwner } from './cap-owner.ts';
import { bodyOf, clientOf } from './client.ts';
import { lookAfter } from './look-after.ts';
import { type Output, warn } from './output.ts';
import { pausedAgain, runsAtCap } from './paused-again.ts';
import type { Project } from './project.ts';
import { plural } from './show/words.ts';

export interface RaiseWish {
  readonly tier: string;
  readonly of?: string;
  readonly usd?: string;
  readonly tokens?: string;
  readonly llmCalls?: string;
  readonly toolCalls?: string;
}

const COUNTS = [
  { key: 'tokens', field: 'tokens', option: '--tokens', one: 'token', verb: 'use' },
  { key: 'llmCalls', field: 'llm_calls', option: '--llm-calls', one: 'model call', verb: 'make' },
  { key: 'toolCalls', field: 'tool_calls', option: '--tool-calls', one: 'tool call', verb: 'make' },
] as const;

const PER: Readonly<Record<string, string>> = { total: 'in all', hour: 'an hour' };

export async function raiseBudget(
  project: Project,
  output: Output,
  word: string | undefined,
  wish: RaiseWish,
): Promise<void> {
  const { limit, may } = limitOf(wish);
  const owner = findCapOwner(project, word, wish.of);
  const { path, body, title } = addressOf(owner);
  const per =
    owner.kind === 'group' && wish.tier === 'run' ? 'a batch of runs' : (PER[wish.tier] ?? `a ${wish.tier}`);
  const before = runsAtCap(project, owner);
  const answer = await clientOf(project).post(path, { ...body, tier: wish.tier, ...limit });
  const raised = fieldsOf(bodyOf(answer));
  output.line(`${output.paint.green('✓')} ${title} may ${may} ${per} now; it is in the record`);
  const again = await lookAfter(output, 'whether it is enough for what waits could not be seen', () =>
    pausedAgain(project, before),
  );
  output.data({ ...raised, paused_again: again });
  for (const { run_id: id, reason } of again ?? [])
    warn(output, `still too little for what waits: ${id} is paused again: ${reason}`);
  if (again !== null && again.length > 0) return;
  const stopped = owner.kind === 'agent' ? await whetherStopped(project, owner.id) : null;
  if (stopped !== null) {
    warn(output, `${title} is ${stopped} all the same: \`governed-agents resume ${title}\` lets it go on`);
  }
}

/** Somebody paused or killed it, which no cap ends. */
async function whetherStopped(project: Project, id: string): Promise<'paused' | 'killed' | null> {
  const answer = await clientOf(project).get(`/budget/${encodeURIComponent(id)}`);
  const status = answer.result === 'ok' ? fieldOf(answer.body, 'status') : null;
  return status === 'paused' || status === 'killed' ? status : null;
}

function addressOf(owner: CapOwner) {
  const path = '/budget/raise';
  if (owner.kind === 'project') return { path, body: { of: 'project' }, title: 'the project' };
  if (owner.kind === 'group')
    return { path, body: { of: `group:${owner.name}` }, title: `the group ${owner.name}` };
  return { path: `/budget/${encodeURIComponent(owner.id)}/raise`, body: {}, title: owner.id };
}

function limitOf(wish: RaiseWish): {
  readonly limit: Readonly<Record<string, number>>;
  /** "spend $1.00", "make 4 model calls". */
  readonly may: string;
} {
  const given = COUNTS.flatMap((count) => {
    const text = wish[count.key];
    return text === undefined ? [] : [{ ...count, text }];
  });
  const [first] = given;
  if (given.length + (wish.usd === undefined ? 0 : 1) !== 1) throw usage('a cap is raised in one unit');
  if (first === undefined) {
    const usd = wish.usd ?? '';
    if (!isAmount(usd)) throw usage(`--usd ${JSON.stringify(usd)} is not an amount of dollars`);
    return { limit: { usd: Number(usd) }, may: `spend ${formatUsdLimit(Number(usd) * 1e6)}` };
  }
  if (!/^\d{1,15}$/.test(first.text))
    throw usage(`${first.option} ${JSON.stringify(first.text)} is not a whole number`);
  const limit = Number(first.text);
  return { limit: { [first.field]: limit }, may: `${first.verb} ${plural(limit, first.one)}` };
}

function usage(message: string): InputError {
  return new InputError({
    code: 'usage',
    message,
    hint: 'say one of --usd 25, --tokens 200000, --llm-calls 100 and --tool-calls 100',
  });
}

export function isAmount(text: string): boolean {
  return /^\d{1,9}(\.\d{1,6})?$/.test(text);
}
