// How a cap is said: what it bounds, how much, and for whom. One place, so that the list, the dialog and the errors agree.
import { amountText } from '../../../core/ledger/amount-text.ts';
import type { WireBudgetTier, WireScoreboardRow } from '../../wire/record.ts';
import { formatLimit, formatSpentOf } from './money.ts';

type CapUnit = WireBudgetTier['unit'];

const PERIODS: Readonly<Record<string, string>> = {
  call: 'each call',
  run: 'each run',
  hour: 'per hour',
  day: 'per day',
  month: 'per month',
  total: 'in all',
};

const UNITS: Readonly<Record<CapUnit, string>> = {
  usd: '',
  tokens: 'tokens',
  llm_calls: 'model calls',
  tool_calls: 'tool calls',
};

const RUN_PERIODS: Readonly<Record<string, string>> = { group: 'per batch of runs', run: 'for this run' };

/** "per day", "tokens per hour". The `run` caps of a group are for those of its runs that go together. */
export function capWords({ tier, unit, owner }: Pick<WireBudgetTier, 'tier' | 'unit' | 'owner'>): string {
  const period = (tier === 'run' ? RUN_PERIODS[owner] : undefined) ?? PERIODS[tier] ?? tier;
  return [UNITS[unit], period].filter((word) => word !== '').join(' ');
}

/** Whose [budget] a cap stands in, and so whom a raise is for. */
export type CapHolder =
  | { readonly kind: 'agent'; readonly agentId: string }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'project' };

export function holderName(holder: CapHolder): string {
  if (holder.kind === 'agent') return holder.agentId;
  return holder.kind === 'group' ? `the group ${holder.group}` : 'the whole project';
}

/** The request that raises a cap of it. */
export function raiseRequest(holder: CapHolder): {
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
} {
  if (holder.kind === 'agent')
    return { path: `/budget/${encodeURIComponent(holder.agentId)}/raise`, body: {} };
  const of = holder.kind === 'group' ? `group:${holder.group}` : 'project';
  return { path: '/budget/raise', body: { of } };
}

/** "$4.50", "1,200 tokens": a limit, in full. */
export function capAmount(unit: CapUnit, amount: number): string {
  return amountText(amount, unit);
}

/** A limit as it is typed: "4.5", "1200". */
export function limitText(unit: CapUnit, amount: number): string {
  return String(unit === 'usd' ? amount / 1_000_000 : amount);
}

/** What is said of an agent that has no dollar cap of its own over more than one run. */
export function noLastingCap({
  run_cap_micro_usd: cap,
  run_cap_of: of,
}: Pick<WireScoreboardRow, 'run_cap_micro_usd' | 'run_cap_of'>): string {
  if (cap === null) return 'no dollar cap of its own';
  return `no lasting dollar cap; ${of === 'each_run' ? 'each run' : 'newest run'} up to ${formatLimit(cap)}`;
}

/** What stands against a cap. */
export function usedAmount({ unit, cap }: Pick<WireBudgetTier, 'unit' | 'cap'>, amount: number): string {
  return unit === 'usd' ? formatSpentOf(amount, cap) : capAmount(unit, amount);
}

/** What is said of a limit that an operator raised, and for how long that holds; null for one that stands as it was said. */
export function raiseWords({
  unit,
  raised,
}: Pick<WireBudgetTier, 'unit' | 'raised'>): { readonly from: string; readonly until: string } | null {
  if (raised === undefined) return null;
  const until = raised.until === 'run' ? 'the run ends' : 'rules with another limit are accepted';
  return { from: `raised from ${capAmount(unit, raised.from)}`, until: `By an operator, until ${until}` };
}

export type NewLimit =
  /** `amount` is what the cap counts in: micro-dollars, or pieces. `said` is what is sent. */
  | { readonly result: 'limit'; readonly amount: number; readonly said: number }
  | { readonly result: 'not yet'; readonly why: string };

const MOST_USD = 1_000_000_000;

/** Reads what a person typed as the new limit of a cap. Only upwards: lowering is for the rules. */
export function readNewLimit(tier: Pick<WireBudgetTier, 'unit' | 'cap'>, text: string): NewLimit {
  const typed = text
    .trim()
    .replace(/^\$/, '')
    .replaceAll(/(?<=\d)[,_](?=\d{3}(?!\d))/g, '');
  if (typed === '') return { result: 'not yet', why: 'Type the new cap.' };
  const pattern = tier.unit === 'usd' ? /^\d{1,10}(\.\d{1,6})?$/ : /^\d{1,15}$/;
  if (!pattern.test(typed)) {
    const like = tier.unit === 'usd' ? 'an amount of dollars such as 25 or 7.50' : 'a whole number';
    return { result: 'not yet', why: `“${text.trim()}” is not ${like}.` };
  }
  const said = Number(typed);
  if (tier.unit === 'usd' && said > MOST_USD) {
    return { result: 'not yet', why: `No cap is above ${capAmount('usd', MOST_USD * 1_000_000)}.` };
  }
  const amount = tier.unit === 'usd' ? Math.round(said * 1_000_000) : said;
  if (amount <= tier.cap) {
    return {
      result: 'not yet',
      why: `The cap is ${capAmount(tier.unit, tier.cap)} now; a raise has to be above it. To lower it, change the rules and accept them.`,
    };
  }
  return { result: 'limit', amount, said };
}
