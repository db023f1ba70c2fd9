// A program of the operator: a command, or a JavaScript module. Exactly one of them.
import type * as z from 'zod';
import type { ProgramRules, ProgramStart } from '../../core/rules/program-rules.ts';
import { envTable } from './env-table.ts';
import { command, duration, fieldIssue, text } from './field.ts';

/** The keys of a table that says which program is started. */
export const programKeys = {
  run: command('write for example run = ["node", "actions/publish-note.mjs"]').optional(),
  module: text(
    'a JavaScript module in actions/',
    'write for example module = "actions/publish-note.mjs"',
    /^actions\/[^\0\\]+\.m?js$/,
  ).optional(),
  timeout: duration.optional(),
  env: envTable.optional(),
};

interface StartKeys {
  readonly run?: readonly string[] | undefined;
  readonly module?: string | undefined;
}

/** `forms` are the values of the keys that each say a program, of which one is there. */
export function checkStart(forms: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx): void {
  const given = Object.keys(forms).filter((key) => forms[key] !== undefined);
  if (given.length === 1) return;
  const names = Object.keys(forms).join(', ');
  const example = 'run = ["node", "actions/publish-note.mjs"]';
  const [first = 'run', second] = given;
  const problem =
    second === undefined
      ? { message: 'is missing', hint: `write for example ${example}, or another one of ${names}` }
      : { message: `says another program than ${first}`, hint: `write exactly one of ${names}` };
  context.addIssue({ ...fieldIssue(problem), path: [second ?? 'run'] });
}

export function startOf({ run, module }: StartKeys): ProgramStart {
  if (module !== undefined) return { kind: 'module', path: module };
  return { kind: 'run', command: run ?? [] };
}

export function programRules(
  table: { readonly timeout?: number | undefined; readonly env?: z.output<typeof envTable> | undefined },
  start: ProgramStart,
  usual: { readonly timeoutMs: number; readonly pass?: readonly string[] },
): ProgramRules {
  const pass = new Set([...(usual.pass ?? []), ...(table.env?.pass ?? [])]);
  return {
    start,
    timeoutMs: table.timeout ?? usual.timeoutMs,
    env: { pass: [...pass], set: table.env?.set ?? {} },
  };
}
