// What a run used, by the record's own figures where the server answers.
import { fieldOf } from '../../core/json-object.ts';
import type { RunResult } from '../../runner/entry.ts';
import { clientOf } from '../client.ts';
import type { Project } from '../project.ts';
import { count, dollars, plural } from '../show/words.ts';

export interface RunFigures {
  readonly spentMicroUsd: number;
  /** Reserved and not booked, as far as its own watcher was told. */
  readonly openMicroUsd: number;
  /** Null: the server does not answer. */
  readonly used: { readonly tokens: number; readonly modelCalls: number; readonly toolCalls: number } | null;
}

const ANSWER_MS = 2_000;

/** `seen`: micro-dollars, as its own watcher counted them. */
export async function runFigures(
  project: Project,
  { runId, openMicroUsd }: Pick<RunResult, 'runId' | 'openMicroUsd'>,
  seen: number,
): Promise<RunFigures> {
  const answer = await clientOf(project).get(`/runs/${runId}`, ANSWER_MS);
  const body = answer.result === 'ok' ? answer.body : null;
  const figure = (name: string): number | null => {
    const value = fieldOf(body, name);
    return typeof value === 'number' ? value : null;
  };
  const spentMicroUsd = figure('spent_micro_usd');
  if (spentMicroUsd === null) return { spentMicroUsd: seen, openMicroUsd, used: null };
  return {
    spentMicroUsd,
    openMicroUsd: 0,
    used: {
      tokens: figure('tokens') ?? 0,
      modelCalls: figure('llm_calls') ?? 0,
      toolCalls: figure('tool_calls') ?? 0,
    },
  };
}

/** `spent`: as it is shown. Without the server that is only what was booked while it could be heard. */
export function spentWords({ used, openMicroUsd }: RunFigures, spent: string): string {
  if (used !== null) return spent;
  const more =
    openMicroUsd === 0
      ? ''
      : `; up to ${dollars(openMicroUsd)} more is reserved, and booked by the watchdog, or when one is back`;
  return `at least ${spent}, since the server does not answer${more}`;
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
