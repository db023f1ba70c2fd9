// resolve: an outcome that nobody knows (a crash between approval and outcome) is settled by a person, never by itself.
import { Argument } from 'commander';
import type { WireProposal } from '../../server/wire/proposal.ts';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly note?: string;
}

export const define: Define = (command) => {
  command
    .argument('<proposal>', 'a proposal with the status unknown, or the beginning of its id')
    .addArgument(
      new Argument('<action>', 'retry: run its executor again; executed, failed: what you found out').choices(
        ['retry', 'executed', 'failed'],
      ),
    )
    .option('--note <text>', 'how you know, for the record')
    .option('--json', 'print the proposal as JSON')
    .action(resolve);
};

async function resolve(word: string, action: string, options: Options): Promise<void> {
  const project = locateProject(options);
  const [{ findProposalId }, { bodyOf, clientOf }, { tellDecided }] = await Promise.all([
    import('../find-id.ts'),
    import('../client.ts'),
    import('../approve.ts'),
  ]);
  const path = `/proposals/${findProposalId(project, word)}/resolve`;
  const note = options.note ?? 'resolved from the command line';
  const answer = await clientOf(project).post(path, { action, note });
  tellDecided(outputFor(options), bodyOf(answer) as WireProposal);
}
