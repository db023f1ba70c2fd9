// scoreboard: every agent's spend against its tightest cap, its runs, proposals and pauses.
import type { WireScoreboard } from '../../server/wire/record.ts';
import type { Define, PlainOptions } from '../command-table.ts';
import { type Output, outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { readResource } from '../resource.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

export const define: Define = (command) => {
  command
    .option('-w, --watch', 'again every second, until Ctrl-C')
    .option('--json', 'print the scoreboard as JSON')
    .action(scoreboard);
};

export const plain = (options: PlainOptions): Promise<void> => scoreboard(options);

async function scoreboard(options: Options): Promise<void> {
  const output = outputFor(options);
  const project = locateProject(options);
  const read = async (to: Output): Promise<WireScoreboard> =>
    (await readResource<WireScoreboard>(project, to, '/scoreboard')).value;
  if (options.watch === true) {
    const { watchScoreboard } = await import('../show/watch.ts');
    await watchScoreboard(output, read);
    return;
  }
  const value = await read(output);
  output.data(value);
  if (output.json) return;
  const { scoreboardText } = await import('../show/scoreboard.ts');
  output.line(scoreboardText(value, output.paint));
}
