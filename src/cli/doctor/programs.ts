// The operator's own programs, executors and the notifier: whether each can be started here, and whether the secrets that it names are set.

import { isAbsolute } from 'node:path';
import type { ProgramRules } from '../../core/rules/program-rules.ts';
import { isProgram } from '../../process/entry.ts';
import type { Project } from '../project.ts';
import { onPath } from './agent-clis.ts';
import { broken, type Finding, ok, worthKnowing } from './finding.ts';
import { rulesInForce } from './rules-in-force.ts';

export function lookAtPrograms(project: Project): readonly Finding[] {
  const rules = rulesInForce(project);
  if (rules === null) return [];
  const executors = [...rules.executors].map(([action, each]) => [`executors.${action}`, each] as const);
  const all = [...executors, ...(rules.notify === null ? [] : [['notify', rules.notify] as const])];
  if (all.length === 0) return [];
  const findings = all.flatMap(([table, each]) => lookAt(table, each));
  return findings.length > 0 ? findings : [ok('programs', `${all.map(([table]) => table).join(', ')}`)];
}

function lookAt(table: string, rules: ProgramRules): readonly Finding[] {
  const findings: Finding[] = [];
  const missing = missingProgram(rules);
  if (missing !== null) {
    const hint = `install it, or change [${table}] in governed.toml, then \`governed-agents accept\``;
    findings.push(broken('programs', `[${table}] starts ${missing}, which is not on this machine`, hint));
  }
  const unset = rules.env.pass.filter((name) => process.env[name] === undefined);
  if (unset.length > 0) {
    const hint = 'they are taken from the environment that `governed-agents serve` is started with';
    findings.push(
      worthKnowing('programs', `[${table}] passes on what is not set here: ${unset.join(', ')}`, hint),
    );
  }
  return findings;
}

/** Files of the project were looked at when the rules were accepted. */
function missingProgram({ start }: ProgramRules): string | null {
  if (start.kind === 'ready')
    return start.settings.use === 'git-push' && onPath('git') === null ? 'git' : null;
  const program = start.kind === 'run' ? (start.command[0] ?? '') : '';
  if (isAbsolute(program)) return isProgram(program) ? null : program;
  return program === '' || program.includes('/') || onPath(program) !== null ? null : program;
}
