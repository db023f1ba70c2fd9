// runs: the newest runs and how each stands.
import type { WirePage } from '../../server/wire/proposal.ts';
import type { WireRun } from '../../server/wire/record.ts';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject, type Project } from '../project.ts';
import { reaching } from '../reach.ts';
import { query, readResource } from '../resource.ts';
import { outputWidth } from '../terminal.ts';
import { countOption } from '../time-option.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly agent?: string;
  readonly limit: string;
}

export const define: Define = (command) => {
  command
    .option('--agent <id>', 'of this agent, or the beginning of its name')
    .option('--limit <n>', 'at most so many', '20')
    .option('--json', 'print the runs as JSON')
    .action(runs);
};

async function runs(options: Options): Promise<void> {
  const output = reaching(outputFor(options), options);
  const project = locateProject(options);
  const agentId = options.agent === undefined ? undefined : await idOf(project, options.agent);
  const path = `/runs${query({ limit: countOption('--limit', options.limit, 500), agent_id: agentId })}`;
  const { value } = await readResource<WirePage<WireRun>>(project, output, path);
  output.data(value);
  if (output.json) return;
  const { runsText } = await import('../show/runs.ts');
  output.line(runsText(value.items, Date.now(), output.paint, outputWidth(), agentId));
}

async function idOf(project: Project, word: string): Promise<string> {
  const { findAgentId } = await import('../find-agent.ts');
  return findAgentId(project, word);
}
