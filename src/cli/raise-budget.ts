// budget raise: the new limit of one cap, through the server.
import { InputError } from '../core/fault.ts';
import { bodyOf, clientOf } from './client.ts';
import { findAgentId } from './find-agent.ts';
import type { Output } from './output.ts';
import type { Project } from './project.ts';

export interface RaiseWish {
  readonly tier: string;
  readonly usd?: string;
  readonly tokens?: string;
}

export async function raiseBudget(
  project: Project,
  output: Output,
  word: string,
  wish: RaiseWish,
): Promise<void> {
  const limit = limitOf(wish);
  const agentId = findAgentId(project, word);
  const answer = await clientOf(project).post(`/budget/${encodeURIComponent(agentId)}/raise`, {
    tier: wish.tier,
    ...limit,
  });
  const raised = bodyOf(answer);
  output.data(raised);
  const amount = 'usd' in limit ? `$${limit.usd}` : `${limit.tokens} tokens`;
  output.line(
    `${output.paint.green('✓')} ${agentId} may spend ${amount} a ${wish.tier} now; it is in the record`,
  );
}

function limitOf({ usd, tokens }: RaiseWish): { readonly usd: number } | { readonly tokens: number } {
  const usage = (message: string): InputError =>
    new InputError({ code: 'usage', message, hint: 'say one of --usd 25 and --tokens 200000' });
  if ((usd === undefined) === (tokens === undefined)) throw usage('a cap is raised in one unit');
  if (usd !== undefined) {
    if (!isAmount(usd)) throw usage(`--usd ${JSON.stringify(usd)} is not an amount of dollars`);
    return { usd: Number(usd) };
  }
  if (tokens === undefined || !/^\d{1,15}$/.test(tokens))
    throw usage(`--tokens ${JSON.stringify(tokens)} is not a whole number`);
  return { tokens: Number(tokens) };
}

export function isAmount(text: string): boolean {
  return /^\d{1,9}(\.\d{1,6})?$/.test(text);
}
