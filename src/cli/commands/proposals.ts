// proposals: what agents proposed, and how it stands.
import { Option } from 'commander';
import { PROPOSAL_STATUSES } from '../../core/proposal/status.ts';
import type { WirePage, WireProposal } from '../../server/wire/proposal.ts';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { query, readResource } from '../resource.ts';
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
    .addOption(new Option('-s, --status <status>', 'only these').choices(PROPOSAL_STATUSES))
    .option('--agent <id>', 'of this agent')
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print the proposals as JSON')
    .action(proposals);
};

async function proposals(options: Options): Promise<void> {
  const output = outputFor(options);
  const path = `/proposals${query({ status: options.status, agent_id: options.agent, limit: countOption('--limit', options.limit, 500) })}`;
  const { value } = await readResource<WirePage<WireProposal>>(locateProject(options), output, path);
  output.data(value);
  if (output.json) return;
  const { proposalsText } = await import('../show/proposals.ts');
  output.line(proposalsText(value.items, Date.now(), output.paint));
}
