// reject: refuses a proposal; the note reaches the agent.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly note?: string;
  readonly final?: boolean;
}

export const define: Define = (command) => {
  command
    .argument('<proposal>', 'a proposal, or the beginning of its id')
    .option('--note <text>', 'why, for the record and the agent')
    .option('--final', 'the run may not propose the same again')
    .option('--json', 'print the decided proposal as JSON')
    .action(reject);
};

async function reject(word: string, options: Options): Promise<void> {
  const project = locateProject(options);
  const [{ findProposalId }, { decide, readProposal }, { tellDecided }] = await Promise.all([
    import('../find-id.ts'),
    import('../decide.ts'),
    import('../approve.ts'),
  ]);
  const proposal = await readProposal(project, findProposalId(project, word));
  const decided = await decide(project, proposal.proposal_id, {
    decision: 'reject',
    payload_hash: proposal.payload_hash,
    note: options.note,
    final: options.final,
  });
  tellDecided(outputFor(options), decided);
}
