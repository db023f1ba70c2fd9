// The price table in force: what each model's tokens cost, where a price comes from, and what long inputs and batches cost instead.
import type { Price, PriceTable, Rates } from '../../core/ledger/price.ts';
import { SHIPPED_PRICES, SHIPPED_PRICES_AS_OF } from '../../core/ledger/shipped-prices.ts';
import { visibleLine } from '../../core/visible-text.ts';
import { outputWidth, type Paint } from '../terminal.ts';
import { right, tableText } from './table.ts';
import { count } from './words.ts';

/** `overridden`: it ships, and [prices] says otherwise; `own`: only [prices] knows it. */
export type PriceSource = 'shipped' | 'overridden' | 'own';

export function pricesData(table: PriceTable, rulesHash: string): unknown {
  return {
    unknown_model: table.unknownModel,
    rules_hash: rulesHash,
    shipped_as_of: SHIPPED_PRICES_AS_OF,
    items: sorted(table).map(([model, price]) => ({
      model,
      source: sourceOf(model, price),
      ...perMillion(price),
      batch_percent: price.batchPct ?? 100,
      long_context:
        price.long === undefined ? null : { above_tokens: price.long.aboveTokens, ...perMillion(price.long) },
    })),
  };
}

export function pricesText(table: PriceTable, paint: Paint, width = outputWidth()): string {
  const columns = [
    { title: 'model' },
    right('input'),
    right('output'),
    right('cache read'),
    right('write 5m', 2),
    right('write 1h', 1),
    right('batch', 3),
    { title: 'from' },
  ];
  const rows = sorted(table).flatMap(([model, price]) => rowsOf(model, price, paint));
  return [tableText(columns, rows, paint, width), '', ...legend(table, paint)].join('\n');
}

function rowsOf(model: string, price: Price, paint: Paint): readonly (readonly string[])[] {
  const source = sourceOf(model, price);
  const from = source === 'shipped' ? paint.dim(source) : paint.yellow(source);
  const batch = price.batchPct === undefined ? paint.dim('–') : `${price.batchPct}%`;
  const own = [visibleLine(model), ...amounts(price), batch, from];
  if (price.long === undefined) return [own];
  const above = `  > ${count(price.long.aboveTokens)} input`;
  return [own, [paint.dim(above), ...amounts(price.long), '', '']];
}

function legend({ unknownModel }: PriceTable, paint: Paint): readonly string[] {
  return [
    'Dollars a million tokens. A second line is for calls whose whole input is',
    'longer than it says; batch is the share that a batch costs. What is shipped',
    `is of ${SHIPPED_PRICES_AS_OF}; [prices] in governed.toml overrides it.`,
    unknownModel === 'refuse'
      ? 'A model without a price is refused.'
      : 'A model without a price is reserved at the worst of these.',
  ].map((line) => paint.dim(line));
}

function sorted(table: PriceTable): readonly (readonly [string, Price])[] {
  return [...table.models].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function sourceOf(model: string, price: Price): PriceSource {
  const shipped = SHIPPED_PRICES.get(model);
  if (shipped === undefined) return 'own';
  return isSame(shipped, price) ? 'shipped' : 'overridden';
}

function isSame(a: Price, b: Price): boolean {
  return (
    sameRates(a, b) &&
    (a.batchPct ?? 100) === (b.batchPct ?? 100) &&
    a.long?.aboveTokens === b.long?.aboveTokens &&
    (a.long === undefined || b.long === undefined || sameRates(a.long, b.long))
  );
}

const RATES = ['inputNano', 'outputNano', 'cacheReadNano', 'cacheWrite5mNano', 'cacheWrite1hNano'] as const;

function sameRates(a: Rates, b: Rates): boolean {
  return RATES.every((rate) => a[rate] === b[rate]);
}

function amounts(rates: Rates): readonly string[] {
  return RATES.map((rate) => `$${exact(rates[rate] / 1_000)}`);
}

/** Cents, and more digits where the price has them: what is shown is what is charged. */
function exact(usd: number): string {
  const cents = usd.toFixed(2);
  return Number(cents) === usd ? cents : String(usd);
}

/** A nano-dollar a token is a thousandth of a dollar a million tokens. */
function perMillion(rates: Rates): Readonly<Record<string, number>> {
  return {
    input_usd_per_mtok: rates.inputNano / 1_000,
    output_usd_per_mtok: rates.outputNano / 1_000,
    cache_read_usd_per_mtok: rates.cacheReadNano / 1_000,
    cache_write_5m_usd_per_mtok: rates.cacheWrite5mNano / 1_000,
    cache_write_1h_usd_per_mtok: rates.cacheWrite1hNano / 1_000,
  };
}
