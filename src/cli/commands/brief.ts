// brief: what happened while you were away.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { reaching } from '../reach.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly since: string;
}

export const define: Define = (command) => {
  command
    .option('--since <time>', 'from when on: 12h, 7d, 2026-11-20, 2026-11-20T18:00:00Z', '12h')
    .option('--json', 'print the brief as JSON')
    .action(async (options: Options) => {
      const { showBrief } = await import('../show/brief.ts');
      await showBrief(locateProject(options), reaching(outputFor(options), options), options.since);
    });
};
