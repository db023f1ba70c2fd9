// The governing files as they lie on the disk, held against what is in force: what differs, what is wrong with it, and how the cases of
// its policy come out.
import { type Bundle, type FileChange, parseRules } from '../../config/rules-entry.ts';
import { InputError } from '../../core/fault.ts';
import type { PolicyTestResult } from '../../core/policy/policy-test.ts';
import type { Rules } from '../../core/rules/rules.ts';

export interface RulesOnDisk {
  readonly inForce: string | null;
  /** The hash of the files as they are; null when they can't even be read. */
  readonly edited: string | null;
  readonly files: readonly FileChange[];
  /** Why they can't be put in force as they are. */
  readonly problems: readonly InputError[];
  /** How the cases of their policy come out; empty where nothing differs, or they have a problem. */
  readonly cases: readonly PolicyTestResult[];
}

/** The paths that differ; of files that can't be read, the one that is at fault. */
export function changedPaths({ files, problems, edited }: RulesOnDisk): readonly string[] {
  if (edited !== null) return files.map(({ path }) => path);
  return problems.flatMap(({ path }) => path ?? []);
}

interface RulesOfProject {
  /** Null with at least one problem. */
  readonly rules: Rules | null;
  readonly problems: readonly InputError[];
}

export function rulesOfProject(bundle: Bundle, projectId: string): RulesOfProject {
  const parsed = parseRules(bundle);
  if (parsed.result === 'invalid') return { rules: null, problems: parsed.problems };
  if (parsed.rules.projectId === projectId) return { rules: parsed.rules, problems: [] };
  const problem = new InputError({
    code: 'other_project',
    path: 'governed.toml',
    message: `the id of the project is ${projectId}, and governed.toml says ${parsed.rules.projectId}`,
    hint: 'put the id back: another id is another project with a state of its own',
  });
  return { rules: null, problems: [problem] };
}
