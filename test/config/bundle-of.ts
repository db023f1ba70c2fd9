// Builds a bundle out of texts, with just enough of a project around them.
import { type Bundle, EXECUTABLE, makeBundle } from '../../src/config/files/bundle.ts';
import { type ParsedRules, parseRules } from '../../src/config/rules/parse-rules.ts';
import type { InputError } from '../../src/core/fault.ts';
import type { Rules } from '../../src/core/rules/rules.ts';

export const PROJECT_ID = 'prj_01hzy3v8k4qj6m9t2w5x7b1c0d';
export const PROJECT_TOML = `[project]\nid = "${PROJECT_ID}"\n`;

export function bundleOf(
  texts: Readonly<Record<string, string>>,
  executable: readonly string[] = [],
): Bundle {
  return makeBundle(
    Object.entries(texts).map(([path, text]) => [
      path,
      { bytes: Buffer.from(text), mode: executable.includes(path) ? EXECUTABLE : 0 },
    ]),
  );
}

/** The files of a small valid project, with others over them. */
export function projectOf(texts: Readonly<Record<string, string>>): Bundle {
  return bundleOf({ 'governed.toml': PROJECT_TOML, 'policy.toml': '', ...texts });
}

export function rulesOf(texts: Readonly<Record<string, string>>): Rules {
  const parsed = parseRules(projectOf(texts));
  if (parsed.result === 'rules') return parsed.rules;
  throw new Error(parsed.problems.map(asLine).join('\n'));
}

export function problemsOf(texts: Readonly<Record<string, string>>): readonly InputError[] {
  return problemsIn(parseRules(projectOf(texts)));
}

export function problemsIn(parsed: ParsedRules): readonly InputError[] {
  return parsed.result === 'invalid' ? parsed.problems : [];
}

/** As a person reads it: file:line, code, what, hint. */
export function asLine(problem: InputError): string {
  return `${problem.path}:${problem.line} ${problem.code}: ${problem.message} (${problem.hint})`;
}
