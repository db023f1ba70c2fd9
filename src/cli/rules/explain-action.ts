// policy explain: what the gate would say to one action, asked of the server, or of the store by the same code when no server runs.
import { InputError } from '../../core/fault.ts';
import { toRfc3339 } from '../../core/time.ts';
import type { WireExplained } from '../../server/wire/policy.ts';
import { bodyOf, clientOf } from '../client.ts';
import { findAgentId } from '../find-agent.ts';
import { findRunId } from '../find-id.ts';
import { usdOption } from '../grant.ts';
import { type Output, warn } from '../output.ts';
import type { Project } from '../project.ts';
import { explainedText } from '../show/explained.ts';
import { timeOption, untilOption } from '../time-option.ts';

export interface ExplainOptions {
  readonly payload?: string;
  readonly result?: string;
  readonly resource?: string;
  readonly agent?: string;
  readonly run?: string;
  readonly model?: string;
  readonly costUsd?: string;
  readonly at?: string;
  readonly irreversible?: boolean;
  readonly asksApproval?: boolean;
}

export async function explainAction(
  project: Project,
  output: Output,
  action: string,
  options: ExplainOptions,
): Promise<void> {
  const question = await questionOf(project, action, options);
  const explained = await ask(project, output, question);
  output.data(explained);
  if (!output.json) output.line(explainedText(explained, output.paint));
}

async function questionOf(
  project: Project,
  action: string,
  options: ExplainOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const { givenJson } = await import('./given-json.ts');
  if (action.trim() === '') {
    throw new InputError({
      code: 'usage',
      message: 'the action has no name',
      hint: 'name an action type such as send_email, or tool:Bash, llm_call, run_start',
    });
  }
  return {
    action,
    payload: options.payload === undefined ? undefined : await givenJson('--payload', options.payload),
    result: options.result === undefined ? undefined : await givenJson('--result', options.result),
    resource: options.resource,
    agent_id: options.agent === undefined ? undefined : findAgentId(project, options.agent),
    run_id: options.run === undefined ? undefined : findRunId(project, options.run),
    model: options.model,
    cost_usd: options.costUsd === undefined ? undefined : usdOption(options.costUsd, '--cost-usd'),
    reversible: options.irreversible === true ? false : undefined,
    requires_approval: options.asksApproval === true ? true : undefined,
    at: options.at === undefined ? undefined : toRfc3339(atOption(options.at, Date.now())),
  };
}

/** A date or a time; "2h" is in two hours, "18:00" the next one: it is asked about what is to come. */
function atOption(text: string, nowMs: number): number {
  return /^\d{4}-/.test(text) ? timeOption('--at', text, nowMs) : untilOption('--at', text, nowMs);
}

async function ask(project: Project, output: Output, question: object): Promise<WireExplained> {
  const answer = await clientOf(project).post('/policy/explain', question);
  if (answer.result !== 'unreachable') return bodyOf(answer) as WireExplained;
  const { readFromStore } = await import('../offline.ts');
  // As it would arrive over HTTP: what was not given is not there.
  const body: unknown = JSON.parse(JSON.stringify(question));
  const explained = (await readFromStore(project, '/policy/explain', { body })) as WireExplained;
  warn(output, `${answer.reason}: asked of the store instead`);
  return explained;
}
