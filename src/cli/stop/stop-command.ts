// What pause and kill have in common: who is meant, why, and what is told afterwards. Works while the server is down or hangs.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { reaching } from '../reach.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly all?: boolean;
  readonly reason?: string;
}

export function stopCommand(action: 'pause' | 'kill', done: string): Define {
  return (command) => {
    command
      .argument('[agent|run]', 'an agent, a run, or the beginning of either')
      .option('--all', 'every agent that has a live run')
      .option('--reason <text>', 'why, for the record and the agent')
      .option('--json', 'print what was stopped as JSON')
      .action(async (word: string | undefined, options: Options) => {
        const project = locateProject(options);
        const [{ stopNow }, { tellStopped }] = await Promise.all([
          import('./stop-now.ts'),
          import('./tell.ts'),
        ]);
        const reason = options.reason ?? `${done} from the command line`;
        const stopped = await stopNow(project, { action, word, all: options.all === true, reason });
        tellStopped(reaching(outputFor(options), options), stopped);
      });
  };
}
