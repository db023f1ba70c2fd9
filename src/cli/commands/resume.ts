// resume: lets a paused run or agent go on. The record comes first, then the processes.
import { visibleLine } from '../../core/visible-text.ts';
import type { Define } from '../command-table.ts';
import { lookAfter } from '../look-after.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { reaching } from '../reach.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly all?: boolean;
}

export const define: Define = (command) => {
  command
    .argument('[agent|run]', 'an agent, a run, or the beginning of either')
    .option('--all', 'everything that an operator paused; the pauses of watchdog and caps stay')
    .option('--json', 'print what goes on as JSON')
    .action(resume);
};

async function resume(word: string | undefined, options: Options): Promise<void> {
  const project = locateProject(options);
  const { goOn, stillKilled } = await import('../stop/go-on.ts');
  const resumed = await goOn(project, word, options.all === true);
  const output = reaching(outputFor(options), options);
  const killed =
    options.all === true
      ? await lookAfter(output, 'which agents stay killed could not be seen', () => stillKilled(project))
      : [];
  output.data({ ...resumed, still_killed: killed });
  const { paint } = output;
  const what =
    resumed.target === 'all'
      ? resumed.agents.join(', ') || 'nothing was paused by an operator'
      : resumed.target;
  output.line(`${paint.green('✓')} goes on: ${what}`);
  if (resumed.at_cap !== null) {
    output.note('  it had stopped at a cap, and stops there again with its next call unless there is room:');
    output.note(`  ${visibleLine(resumed.at_cap)}`);
  }
  for (const id of killed ?? [])
    output.note(`  ${id} was killed and starts no run: \`governed-agents resume ${id}\` lets it`);
  if (resumed.recorded === 'store') output.note('  the server did not answer: done and recorded from here');
}
