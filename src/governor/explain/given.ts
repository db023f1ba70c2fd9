// What was given with a question: its payload, with the resource where the action has its own, and what of it counts for nothing.
import { type Refused, refused } from '../refusal.ts';
import type { Question } from './question.ts';

export type Given =
  | { readonly result: 'given'; readonly value: unknown; readonly assumed: readonly string[] }
  | Refused;

/** `field` is where a payload names what is acted on; null: that can't be told. */
export function withResource({ payload, resource, action }: Question, field: string | null): Given {
  const what = action.startsWith('tool:') ? 'input' : 'payload';
  if (resource === null) {
    if (payload !== undefined) return { result: 'given', value: payload, assumed: [] };
    return { result: 'given', value: {}, assumed: [`its ${what} is {}; --payload gives another`] };
  }
  const into = payload ?? {};
  if (field === null || typeof into !== 'object' || into === null || Array.isArray(into)) {
    const detail = `where the ${what} of ${action} names what it acts on can't be told`;
    return refused('invalid', detail, `write it into the ${what} with --payload, and leave --resource out`);
  }
  if (Object.hasOwn(into, field)) {
    return refused('invalid', `the ${what} has a ${field} already`, 'give --resource or that, not both');
  }
  return { result: 'given', value: { ...into, [field]: resource }, assumed: [] };
}

/** What was said and counts for nothing, because this sort of action has no such thing. */
export function idle(
  question: Question,
  fields: readonly ('payload' | 'model' | 'costUsd' | 'words' | 'run' | 'result')[],
): string[] {
  const said: Readonly<Record<string, string | false>> = {
    payload: (question.payload !== undefined || question.resource !== null) && 'payload',
    model: question.model !== null && 'model',
    costUsd: question.costUsd !== null && 'stated cost',
    words: (question.reversible !== null || question.requiresApproval !== null) && 'word of its agent',
    result: question.result !== undefined && 'result of a tool',
    run: question.runId !== null && 'run',
  };
  return fields.flatMap((field) => {
    const name = said[field];
    return typeof name === 'string'
      ? [`${question.action} has no ${name}: what was given counts for nothing`]
      : [];
  });
}
