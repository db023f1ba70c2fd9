// prices: the table that calls are reserved and settled at.
import type { Price } from '../../core/ledger/price.ts';
import { SHIPPED_PRICES_AS_OF } from '../../core/ledger/shipped-prices.ts';
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
  const [{ readRulesInForce }, { tableText }] = await Promise.all([
    import('../rules/read-in-force.ts'),
    import('../show/table.ts'),
  ]);
  const rules = readRulesInForce(project);
  const models = [...rules.prices.models].sort(([a], [b]) => (a < b ? -1 : 1));
  output.data({
    unknown_model: rules.prices.unknownModel,
    rules_hash: rules.hash,
    shipped_as_of: SHIPPED_PRICES_AS_OF,
    items: models.map(([model, price]) => ({ model, ...perMillion(price) })),
  });
  if (output.json) return;
  const { paint } = output;
  const right = (title: string) => ({ title, align: 'right' }) as const;
  const columns = [
    { title: 'model' },
    right('input'),
    right('output'),
    right('cache read'),
    right('write 5m'),
    right('write 1h'),
  ];
  const rows = models.map(([model, price]) => [
    model,
    ...Object.values(perMillion(price)).map((usd) => `$${usd < 0.1 ? usd : usd.toFixed(2)}`),
  ]);
  output.line(tableText(columns, rows, paint));
  output.line();
  output.line(
    paint.dim(
      `Dollars a million tokens; what ships here is of ${SHIPPED_PRICES_AS_OF}, [prices] in governed.toml overrides it. `.concat(
        rules.prices.unknownModel === 'refuse'
          ? 'A model without a price is refused.'
          : 'A model without a price is reserved at the worst of these.',
      ),
    ),
  );
}

/** A nano-dollar a token is a thousandth of a dollar a million tokens. */
function perMillion(price: Price): Record<string, number> {
  return {
    input_usd_per_mtok: price.inputNano / 1_000,
    output_usd_per_mtok: price.outputNano / 1_000,
    cache_read_usd_per_mtok: price.cacheReadNano / 1_000,
    cache_write_5m_usd_per_mtok: price.cacheWrite5mNano / 1_000,
    cache_write_1h_usd_per_mtok: price.cacheWrite1hNano / 1_000,
  };
}
