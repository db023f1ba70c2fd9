// proposals: what agents proposed, and how it stands; one of them in full.
import { Option } from 'commander';
import { PROPOSAL_STATUSES } from '../../core/proposal/status.ts';
import type { WirePage, WireProposal } from '../../server/wire/proposal.ts';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { query, readResource } from '../resource.ts';
import { outputWidth } from '../terminal.ts';
import { countOption } from '../time-option.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly status?: string;
  readonly agent?: string;
  readonly limit: string;
}

export const define: Define = (command) => {
  command
    .argument('[proposal]', 'one of them in full, by its id or the beginning of it')
    .addOption(new Option('-s, --status <status>', 'only these').choices(PROPOSAL_STATUSES))
    .option('--agent <id>', 'of this agent')
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print the proposals as JSON')
    .action(proposals);
};

async function proposals(word: string | undefined, options: Options): Promise<void> {
  const project = locateProject(options);
  const output = outputFor(options);
  const { proposalsText, proposalText } = await import('../show/proposals.ts');
  if (word !== undefined) {
    const { findProposalId } = await import('../find-id.ts');
    const path = `/proposals/${findProposalId(project, word)}`;
    const { value } = await readResource<WireProposal>(project, output, path);
    output.data(value);
    if (!output.json) output.line(proposalText(value, Date.now(), output.paint, outputWidth()));
    return;
  }
  const { findAgentId } = await import('../find-agent.ts');
  const agentId = options.agent === undefined ? undefined : findAgentId(project, options.agent);
  const limit = countOption('--limit', options.limit, 500);
  // The table shows no payload.
  const payloads = output.json ? undefined : 'short';
  const path = `/proposals${query({ status: options.status, agent_id: agentId, limit, payloads })}`;
  const { value } = await readResource<WirePage<WireProposal>>(project, output, path);
  output.data(value);
  const filter = { status: options.status, agentId };
  if (!output.json) output.line(proposalsText(value.items, filter, Date.now(), output.paint));
}
