// reject: refuses proposals; the note reaches the agent.
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
    .argument('<proposal...>', 'proposals, or the beginnings of their ids')
    .option('--note <text>', 'why, for the record and the agent')
    .option('--final', 'for good: the run may not propose the same on the same target again')
    .option('--json', 'print the decided proposal as JSON')
    .action(reject);
};

async function reject(words: readonly string[], options: Options): Promise<void> {
  const project = locateProject(options);
  const output = outputFor(options);
  const [{ findProposalId }, { decide, decideAll, readProposal }, { tellAll, tellDecided }] =
    await Promise.all([import('../find-id.ts'), import('../decide.ts'), import('../approve.ts')]);
  const ids = [...new Set(words.map((word) => findProposalId(project, word)))];
  const proposals = await Promise.all(ids.map((id) => readProposal(project, id)));
  const items = proposals.map(({ proposal_id, payload_hash }) => ({
    proposal_id,
    decision: 'reject' as const,
    payload_hash,
    note: options.note,
    final: options.final,
  }));
  const [only, second] = items;
  if (only === undefined || second !== undefined) {
    tellAll(output, await decideAll(project, items));
    return;
  }
  const { proposal_id: id, ...decision } = only;
  tellDecided(output, await decide(project, id, decision));
}
