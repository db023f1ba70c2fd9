// kill: ends the process trees of a run, an agent or all; works while the server is down or hangs.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly all?: boolean;
  readonly reason?: string;
}

export const define: Define = (command) => {
  command
    .argument('[agent|run]', 'an agent, a run, or the beginning of either')
    .option('--all', 'every agent that has a live run')
    .option('--reason <text>', 'why, for the record and the agent')
    .option('--json', 'print what was stopped as JSON')
    .action(kill);
};

async function kill(word: string | undefined, options: Options): Promise<void> {
  const project = locateProject(options);
  const [{ stopNow }, { tellStopped }] = await Promise.all([
    import('../stop/stop-now.ts'),
    import('../stop/tell.ts'),
  ]);
  const reason = options.reason ?? 'killed from the command line';
  const stopped = await stopNow(project, { action: 'kill', word, all: options.all === true, reason });
  tellStopped(outputFor(options), stopped);
}
