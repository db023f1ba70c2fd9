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
  readonly costUsd?: string;
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
    .option('--cost-usd <x>', 'what it cost; nothing said: what was reserved for it, or 0 when it failed')
    .option('--json', 'print the proposal as JSON')
    .action(resolve);
};

async function resolve(word: string, action: string, options: Options): Promise<void> {
  const project = locateProject(options);
  const [{ findProposalId }, { bodyOf, clientOf }, { tellDecided }, { usdOption }] = await Promise.all([
    import('../find-id.ts'),
    import('../client.ts'),
    import('../approve.ts'),
    import('../grant.ts'),
  ]);
  const path = `/proposals/${findProposalId(project, word)}/resolve`;
  const note = options.note ?? 'resolved from the command line';
  const cost = options.costUsd === undefined ? {} : { cost_usd: usdOption(options.costUsd, '--cost-usd') };
  const answer = await clientOf(project).post(path, { action, note, ...cost });
  tellDecided(outputFor(options), bodyOf(answer) as WireProposal);
}
