// What to type after the demo. It may be the first thing done with a clone, and then no shell knows the command yet.
import { delimiter, join } from 'node:path';
import { shellWord } from '../../core/shell-word.ts';
import { isProgram } from '../../process/entry.ts';

export interface OwnPlace {
  /** The package's. */
  readonly folder: string;
  /** What this program is started from. */
  readonly file: string;
}

export function nextSteps(path: string | undefined, { folder, file }: OwnPlace): readonly string[] {
  const steps = [
    'governed-agents init        a project with three agents that need no model',
    'governed-agents serve       the server, the watchdog, and a link to the dashboard',
    'governed-agents run noop    in another terminal: it proposes, you decide',
  ];
  const known = (path ?? '').split(delimiter).some((dir) => isProgram(join(dir, 'governed-agents')));
  if (known) return steps;
  return [
    `npm install -g ${shellWord(folder)}    once: there is no governed-agents on your PATH yet`,
    `   (or type node ${shellWord(file)} where it says governed-agents)`,
    ...steps,
  ];
}
