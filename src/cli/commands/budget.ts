// budget: every cap of an agent or a group with what stands against it; `budget raise` lifts one, on the record.
import { Option } from 'commander';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import type { RaiseWish } from '../raise-budget.ts';
import { reaching } from '../reach.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

export const define: Define = (command) => {
  command
    .argument('[agent]', 'an agent, or the beginning of its name, or a group; none: all of them')
    .option('--json', 'print the budgets as JSON')
    .action(async (agent: string | undefined) => {
      const options: Options = command.opts();
      const { showBudgets } = await import('../show/budgets.ts');
      await showBudgets(locateProject(options), reaching(outputFor(options), options), agent);
    });
  const raise = command.command('raise').description('lift one cap; a pause that the cap caused ends');
  raise
    .argument('[agent]', 'an agent, or the beginning of its name')
    .addOption(
      new Option('--tier <tier>', 'which cap')
        .choices(['call', 'run', 'hour', 'day', 'month', 'total'])
        .makeOptionMandatory(),
    )
    .option('--of <owner>', 'instead of an agent’s: project, or group:<name>')
    .option('--usd <x>', 'the new limit in dollars')
    .option('--tokens <n>', 'the new limit in tokens')
    .option('--llm-calls <n>', 'the new limit in model calls')
    .option('--tool-calls <n>', 'the new limit in tool calls')
    .option('--json', 'print the budget as JSON')
    .action(async (agent: string | undefined) => {
      const options: Options & RaiseWish = raise.optsWithGlobals();
      const { raiseBudget } = await import('../raise-budget.ts');
      await raiseBudget(locateProject(options), reaching(outputFor(options), options), agent, options);
    });
};
