// approve: shows a proposal in full and asks; without an id it goes through all that wait.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { isInteractive } from '../terminal.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly note?: string;
  readonly payloadHash?: string;
}

export const define: Define = (command) => {
  command
    .argument('[proposal]', 'a proposal, or the beginning of its id; none: all that wait, one by one')
    .option('--payload-hash <hash>', 'the hash of the payload you looked at; approves without asking')
    .option('--note <text>', 'for the record and the agent')
    .option('--json', 'print the decided proposal as JSON')
    .action(approve);
};

async function approve(word: string | undefined, options: Options): Promise<void> {
  const project = locateProject(options);
  const output = outputFor(options);
  const { approveOne, needsHash, walkThrough } = await import('../approve.ts');
  if (word === undefined) {
    if (!isInteractive() || options.payloadHash !== undefined) throw needsHash(null);
    await walkThrough(project, output);
    return;
  }
  const { findProposalId } = await import('../find-id.ts');
  await approveOne(project, output, findProposalId(project, word), options);
}
