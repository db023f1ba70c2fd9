// What the log says of the governing files, once for each content of theirs: who sits at the server's terminal sees at once that an edit
// was noticed, whether it could be accepted, and where it is wrong when it could not.
import type { InputError } from '../../core/fault.ts';
import { visibleLine } from '../../core/visible-text.ts';
import { changedPaths, type RulesOnDisk } from './rules-on-disk.ts';

const MOST_PATHS = 3;
const MOST_PROBLEMS = 5;

export function createEditLog(log: (line: string) => void): (found: RulesOnDisk) => void {
  let said: readonly string[] = [];
  let inForce: string | null = null;
  return (found) => {
    const before = { said, inForce };
    inForce = found.inForce;
    said = found.inForce === null ? [] : linesOf(found);
    if (said.join('\n') === before.said.join('\n')) return;
    const lines = said.length > 0 ? said : [restText(found.inForce, before.inForce)];
    for (const line of lines) log(visibleLine(line));
  };
}

function linesOf(found: RulesOnDisk): readonly string[] {
  const { edited, problems } = found;
  const paths = changedPaths(found);
  if (paths.length === 0 && problems.length === 0) return [];
  const hash = edited === null ? '' : ` (${edited.slice(0, 12)})`;
  const what = `${pathsText(paths)} edited${hash}`;
  if (problems.length === 0) {
    const failed = found.cases.filter(({ passed }) => !passed).length;
    const cases = failed === 1 ? 'a case of its policy fails' : `${failed} cases of its policy fail`;
    const told = failed === 0 ? '' : `, and ${cases}`;
    return [`${what}: not in force until you accept it${told}: governed-agents accept`];
  }
  const more = problems.length - MOST_PROBLEMS;
  return [
    `${what}: it can't be accepted, and what was accepted stays in force`,
    ...problems.slice(0, MOST_PROBLEMS).map((problem) => `  ${problemText(problem)}`),
    ...(more > 0 ? [`  and ${more} more: governed-agents policy check`] : []),
  ];
}

function problemText({ path, line, column, message, hint }: InputError): string {
  const place = [path, line, column].filter((part) => part !== undefined).join(':');
  return `${place === '' ? '' : `${place}: `}${message}${hint === undefined ? '' : ` (${hint})`}`;
}

function pathsText(paths: readonly string[]): string {
  if (paths.length === 0) return 'the governing files were';
  const more = paths.length - MOST_PATHS;
  const named = paths.slice(0, MOST_PATHS).join(', ');
  return `${named}${more > 0 ? ` and ${more} more` : ''} ${paths.length === 1 ? 'was' : 'were'}`;
}

function restText(inForce: string | null, before: string | null): string {
  const hash = (inForce ?? '').slice(0, 12);
  return inForce === before
    ? `the governing files are again what is in force (${hash})`
    : `rules accepted: ${hash} is in force`;
}
