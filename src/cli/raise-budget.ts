// budget raise: the new limit of one cap of an agent, a group or the project, through the server.
import { InputError } from '../core/fault.ts';
import { bodyOf, clientOf } from './client.ts';
import { findAgentId } from './find-agent.ts';
import type { Output } from './output.ts';
import type { Project } from './project.ts';
import { dollars } from './show/words.ts';

export interface RaiseWish {
  readonly tier: string;
  readonly of?: string;
  readonly usd?: string;
  readonly tokens?: string;
  readonly llmCalls?: string;
  readonly toolCalls?: string;
}

/** A word for people, and the field that is sent. */
const COUNTS = [
  { key: 'tokens', field: 'tokens', option: '--tokens', words: 'tokens' },
  { key: 'llmCalls', field: 'llm_calls', option: '--llm-calls', words: 'model calls' },
  { key: 'toolCalls', field: 'tool_calls', option: '--tool-calls', words: 'tool calls' },
] as const;

const PER: Readonly<Record<string, string>> = { total: 'in all', hour: 'an hour' };

export async function raiseBudget(
  project: Project,
  output: Output,
  word: string | undefined,
  wish: RaiseWish,
): Promise<void> {
  const { limit, amount } = limitOf(wish);
  const { path, body, title } = ownerOf(project, word, wish.of);
  const answer = await clientOf(project).post(path, { ...body, tier: wish.tier, ...limit });
  const raised = bodyOf(answer);
  output.data(raised);
  output.line(
    `${output.paint.green('✓')} ${title} may spend ${amount} ${PER[wish.tier] ?? `a ${wish.tier}`} now; it is in the record`,
  );
}

function ownerOf(project: Project, word: string | undefined, of: string | undefined) {
  if ((word === undefined) === (of === undefined)) {
    throw new InputError({
      code: 'usage',
      message: 'a cap belongs to an agent, a group or the project',
      hint: 'name one agent, or say one of --of project and --of group:<name>',
    });
  }
  if (of !== undefined) return { path: '/budget/raise', body: { of }, title: of };
  const agentId = findAgentId(project, word ?? '');
  return { path: `/budget/${encodeURIComponent(agentId)}/raise`, body: {}, title: agentId };
}

function limitOf(wish: RaiseWish): {
  readonly limit: Readonly<Record<string, number>>;
  readonly amount: string;
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
    return { limit: { usd: Number(usd) }, amount: dollars(Number(usd) * 1e6) };
  }
  if (!/^\d{1,15}$/.test(first.text))
    throw usage(`${first.option} ${JSON.stringify(first.text)} is not a whole number`);
  return { limit: { [first.field]: Number(first.text) }, amount: `${first.text} ${first.words}` };
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
