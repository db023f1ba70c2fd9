// down: ends server and watchdog, politely, and makes sure that they are gone.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { reaching } from '../reach.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

export const define: Define = (command) => {
  command.option('--json', 'print what was ended as JSON').action(async (options: Options) => {
    const { down } = await import('../background/down.ts');
    await down(locateProject(options), reaching(outputFor(options), options));
  });
};
