// prices: the table that calls are reserved and settled at.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

export const define: Define = (command) => {
  command.option('--json', 'print the prices as JSON').action(prices);
};

async function prices(options: Options): Promise<void> {
  const project = locateProject(options);
  const output = outputFor(options);
  const [{ readRulesInForce }, { pricesData, pricesText }] = await Promise.all([
    import('../rules/read-in-force.ts'),
    import('../show/prices.ts'),
  ]);
  const rules = readRulesInForce(project);
  output.data(pricesData(rules.prices, rules.hash));
  if (!output.json) output.line(pricesText(rules.prices, output.paint));
}
