// status: whether everything is as it should be, and what is going on.
import type { WireStatus } from '../../server/wire/record.ts';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { readResource } from '../resource.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

export const define: Define = (command) => {
  command.option('--json', 'print the status as JSON').action(async (options: Options) => {
    const output = outputFor(options);
    const { value } = await readResource<WireStatus>(locateProject(options), output, '/status');
    output.data(value);
    if (output.json) return;
    const { showStatus } = await import('../show/status.ts');
    showStatus(output, value);
  });
};
