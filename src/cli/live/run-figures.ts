// What a run used, by the record's own figures where the server answers.
import { clientOf } from '../client.ts';
import type { Project } from '../project.ts';
import { count, plural } from '../show/words.ts';

export interface RunFigures {
  readonly spentMicroUsd: number;
  /** Null: the server does not answer. */
  readonly used: { readonly tokens: number; readonly modelCalls: number; readonly toolCalls: number } | null;
}

const ANSWER_MS = 2_000;

/** `seen`: micro-dollars, as its own watcher counted them. */
export async function runFigures(project: Project, runId: string, seen: number): Promise<RunFigures> {
  const answer = await clientOf(project).get(`/runs/${runId}`, ANSWER_MS);
  const body = answer.result === 'ok' ? answer.body : null;
  const figure = (name: string): number | null => {
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : null;
    return typeof value === 'number' ? value : null;
  };
  const spentMicroUsd = figure('spent_micro_usd');
  if (spentMicroUsd === null) return { spentMicroUsd: seen, used: null };
  return {
    spentMicroUsd,
    used: {
      tokens: figure('tokens') ?? 0,
      modelCalls: figure('llm_calls') ?? 0,
      toolCalls: figure('tool_calls') ?? 0,
    },
  };
}

/** `denied`: tool calls beside those that were made. */
export function usedWords({ used }: RunFigures, denied: number): string[] {
  if (used === null) return [];
  return [
    `${count(used.tokens)} tokens`,
    plural(used.modelCalls, 'model call'),
    `${plural(used.toolCalls, 'tool call')}${denied === 0 ? '' : `, ${count(denied)} denied`}`,
  ];
}
