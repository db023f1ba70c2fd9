// status: whether everything is as it should be, and what is going on.
import type { WireStatus } from '../../server/wire/record.ts';
import type { Define, PlainOptions } from '../command-table.ts';
import { noteOtherFolder } from '../other-folder.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { reaching } from '../reach.ts';
import { readResource } from '../resource.ts';

export const define: Define = (command) => {
  command.option('--json', 'print the status as JSON').action(plain);
};

export async function plain(options: PlainOptions): Promise<void> {
  const output = reaching(outputFor(options), options);
  // Loaded while the server is asked.
  const show = output.json ? null : import('../show/status.ts');
  const project = locateProject(options);
  const { value } = await readResource<WireStatus>(project, output, '/status');
  noteOtherFolder(project, output, value);
  output.data(value);
  if (show !== null) (await show).showStatus(output, value);
}
