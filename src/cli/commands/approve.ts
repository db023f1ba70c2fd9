// approve: shows proposals in full and asks; without an id it goes through all that wait.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { isInteractive } from '../terminal.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly note?: string;
  readonly payloadHash?: readonly string[];
  readonly edit?: boolean;
}

export const define: Define = (command) => {
  command
    .argument('[proposal...]', 'proposals, or the beginnings of their ids; none: all that wait, one by one')
    .option(
      '--payload-hash <hash>',
      'the hash of the payload you looked at; approves without asking; once for each proposal, in their order',
      (hash: string, before: readonly string[] = []) => [...before, hash],
    )
    .option('--edit', 'change the payload in $EDITOR first, and approve that')
    .option('--note <text>', 'for the record and the agent')
    .option('--json', 'print the decided proposal as JSON')
    .action(approve);
};

async function approve(words: readonly string[], options: Options): Promise<void> {
  const project = locateProject(options);
  const output = outputFor(options);
  const [word, second] = words;
  const { approveOne, approveSeveral, needsHash } = await import('../approve.ts');
  if (word === undefined) {
    if (!isInteractive() || options.payloadHash !== undefined) throw needsHash(null);
    const { walkThrough } = await import('../walk-through.ts');
    await walkThrough(project, output);
    return;
  }
  const { findProposalId } = await import('../find-id.ts');
  if (second === undefined) {
    await approveOne(project, output, findProposalId(project, word), options);
    return;
  }
  if (options.edit === true) {
    const { InputError } = await import('../../core/fault.ts');
    throw new InputError({
      code: 'usage',
      message: '--edit is for one proposal',
      hint: 'edit and approve them one by one',
    });
  }
  const ids = [...new Set(words.map((each) => findProposalId(project, each)))];
  await approveSeveral(project, output, ids, options);
}
