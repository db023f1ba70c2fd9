// scoreboard: every agent's spend against its tightest cap, its runs, proposals and pauses.
import type { WireScoreboard } from '../../server/wire/record.ts';
import type { WireSpend } from '../../server/wire/spend.ts';
import type { Define, PlainOptions } from '../command-table.ts';
import { type Output, outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { reaching } from '../reach.ts';
import { readResource } from '../resource.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

interface Shown {
  readonly board: WireScoreboard;
  readonly spend: WireSpend | null;
}

export const define: Define = (command) => {
  command
    .option('-w, --watch', 'again every second, until Ctrl-C')
    .option('--json', 'print the scoreboard as JSON')
    .action(scoreboard);
};

export const plain = (options: PlainOptions): Promise<void> => scoreboard(options);

async function scoreboard(options: Options): Promise<void> {
  const output = reaching(outputFor(options), options);
  const project = locateProject(options);
  // The line of what was spent when is for a person; a pipe gets the table alone.
  const wantsSpend = process.stdout.isTTY === true && !output.json;
  const read = async (to: Output): Promise<Shown> => ({
    board: (await readResource<WireScoreboard>(project, to, '/scoreboard')).value,
    spend: wantsSpend ? (await readResource<WireSpend>(project, to, '/spend?limit=200')).value : null,
  });
  if (options.watch === true) {
    const { watchScoreboard } = await import('../show/watch.ts');
    await watchScoreboard(output, read);
    return;
  }
  const { board, spend } = await read(output);
  output.data(board);
  if (output.json) return;
  const { scoreboardText } = await import('../show/scoreboard.ts');
  output.line(scoreboardText(board, spend, output.paint));
}
