// The governing files with another policy.toml in place of theirs, and the rules that they make; what is wrong with it stands in the
// file that was named.
import { readFile } from 'node:fs/promises';
import { type Bundle, makeBundle, parseRules } from '../../config/rules-entry.ts';
import { InputError } from '../../core/fault.ts';
import type { Rules } from '../../core/rules/rules.ts';
import { RulesInvalidError } from '../refusal-error.ts';

/** Everything else is as it is in the bundle. */
export async function withPolicy(bundle: Bundle, file: string): Promise<Bundle> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new InputError({
      code: 'file_unreadable',
      message: `${file} can't be read: ${error instanceof Error ? error.message : String(error)}`,
      path: file,
      hint: 'name a file that is written like policy.toml',
    });
  }
  return makeBundle([...bundle.files, ['policy.toml', { bytes, mode: 0 }]]);
}

/** `file`: what stands in place of policy.toml. */
export function rulesOf(bundle: Bundle, file: string | undefined): Rules {
  const parsed = parseRules(bundle);
  if (parsed.result === 'rules') return parsed.rules;
  throw new RulesInvalidError(
    file === undefined ? parsed.problems : parsed.problems.map((problem) => inFile(problem, file)),
  );
}

function inFile(problem: InputError, file: string): InputError {
  if (problem.path !== 'policy.toml') return problem;
  const { code, message, line, column, hint } = problem;
  return new InputError({
    code,
    message,
    path: file,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...(hint === undefined ? {} : { hint }),
  });
}
