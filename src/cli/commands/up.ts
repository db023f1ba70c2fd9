// up: server and watchdog in the background.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { portOption } from '../port-option.ts';
import { locateProject } from '../project.ts';
import { reaching } from '../reach.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly port?: string;
}

export const define: Define = (command) => {
  command
    .option('--port <n>', 'instead of [server] port in governed.toml; 0: any free one')
    .option('--json', 'print where it serves as JSON')
    .action(async (options: Options) => {
      const port = portOption(options.port);
      const { up } = await import('../background/up.ts');
      await up(locateProject(options), reaching(outputFor(options), options), port);
    });
};
