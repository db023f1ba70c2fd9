// An [env] table: which of the operator's variables a run is given, and which are set for it. What the run's gateway sets itself
// can't be replaced here, and a provider's key has no place in it.
import * as z from 'zod';
import { field, fieldIssue } from './field.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const OF_THE_GATEWAY = new Set(['ANTHROPIC_BASE_URL', 'OPENAI_BASE_URL']);
const PROVIDER_KEYS: Readonly<Record<string, string>> = {
  ANTHROPIC_API_KEY: 'anthropic',
  OPENAI_API_KEY: 'openai',
};

function nameProblem(name: string): { readonly message: string; readonly hint: string } | null {
  if (!NAME.test(name)) {
    return {
      message: 'is not the name of a variable',
      hint: 'use letters, digits and _, not beginning with a digit',
    };
  }
  if (name.startsWith('GOVERNED_') || OF_THE_GATEWAY.has(name)) {
    return {
      message: 'is set by governed-agents itself and can’t be replaced',
      hint: 'take it out of [env]',
    };
  }
  return null;
}

const variable = z.string('must be a list of names of variables').superRefine((name, context) => {
  const problem = nameProblem(name);
  if (problem !== null)
    context.addIssue(fieldIssue({ ...problem, message: `${JSON.stringify(name)} ${problem.message}` }));
});

const variableKey = z.string().superRefine((name, context) => {
  const problem = nameProblem(name);
  if (problem !== null) context.addIssue(fieldIssue(problem));
});

/** Never repeated in a message: it may be a secret. */
const setValue = z.unknown().transform((value, context): string => {
  if (typeof value === 'string' && !value.includes('\0')) return value;
  context.addIssue(fieldIssue({ message: 'must be text', hint: 'write the value in quotes' }));
  return z.NEVER;
});

const setTable = z.record(variableKey, setValue).superRefine((values, context) => {
  for (const [name, provider] of Object.entries(PROVIDER_KEYS)) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined || !looksLikeKey(value)) continue;
    const hint = `name where the key is instead: [providers.${provider}] key = { env = "${name}" } in governed.toml; the gateway adds it`;
    const message = 'looks like a provider’s key, which a run never gets';
    context.addIssue({ ...fieldIssue({ message, hint, code: 'secret_in_rules' }), path: [name] });
  }
});

function looksLikeKey(value: string): boolean {
  return /^sk-/.test(value) || /^[A-Za-z0-9_-]{20,}$/.test(value);
}

const names = field('a list of names of variables', 'write for example pass = ["LANG"]', (value) =>
  Array.isArray(value) && value.every((item): item is string => typeof item === 'string') ? value : undefined,
).pipe(z.array(variable));

export const envTable = z.strictObject({ pass: names.optional(), set: setTable.optional() });
