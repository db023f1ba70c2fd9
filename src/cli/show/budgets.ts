// budget: the caps of agents as a table.
import { amountOf } from '../../core/ledger/amount-text.ts';
import { formatUsdLimit } from '../../core/ledger/money.ts';
import { visibleLine } from '../../core/visible-text.ts';
import type {
  WireBudget,
  WireBudgetTier,
  WireGroup,
  WireRunBudgets,
  WireScoreboard,
} from '../../server/wire/record.ts';
import { mustHave } from '../answered-in-full.ts';
import { groupNames } from '../cap-owner.ts';
import { agentIds, findAgentId } from '../find-agent.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { readResource } from '../resource.ts';
import { outputWidth, type Paint } from '../terminal.ts';
import { foldedWords } from './folded-words.ts';
import { bar } from './scoreboard.ts';
import { type Column, tableText } from './table.ts';
import { count, dollars, localTime, status } from './words.ts';

type AgentBudget = WireBudget & WireRunBudgets;

export async function showBudgets(project: Project, output: Output, word: string | undefined): Promise<void> {
  const group = word === undefined ? null : groupMeant(project, word);
  const ids = word === undefined ? agentIds(project) : group === null ? [findAgentId(project, word)] : [];
  const budgets: AgentBudget[] = [];
  for (const id of ids) {
    const { value } = await readResource<AgentBudget>(project, output, `/budget/${encodeURIComponent(id)}`);
    budgets.push(value);
  }
  const every =
    word === undefined || group !== null
      ? (await readResource<WireScoreboard>(project, output, '/scoreboard')).value.groups
      : [];
  const groups = every.filter((each) => group === null || each.group === group);
  output.data(word === undefined ? { items: budgets, groups, next_cursor: null } : (groups[0] ?? budgets[0]));
  if (output.json) return;
  if (budgets.length + groups.length === 0) output.line('No agent yet.');
  // What all of them share is shown once.
  const shared = budgets.length > 1 ? (budgets[0]?.tiers.filter(isOfProject) ?? []) : [];
  for (const [index, budget] of budgets.entries()) {
    if (index > 0) output.line();
    output.line(
      budgetText(
        budget,
        shared.length === 0 ? budget.tiers : budget.tiers.filter((tier) => !isOfProject(tier)),
        output,
      ),
    );
  }
  if (shared.length > 0) output.line(`\n${projectText(shared, output)}`);
  for (const each of groups) output.line(`${budgets.length === 0 ? '' : '\n'}${groupText(each, output)}`);
}

/** An agent of that very name goes first. */
function groupMeant(project: Project, word: string): string | null {
  if (agentIds(project).includes(word)) return null;
  const name = word.replace(/^group:/, '');
  return groupNames(project).includes(name) ? name : null;
}

function groupText(group: WireGroup, { paint }: Output): string {
  const live = paint.dim(`${count(group.runs_live)} live`);
  return `${paint.bold(`group ${visibleLine(group.group)}`)}  ${live}\n${capTable(
    group.tiers.map((tier) => cells(tier, whose(tier), paint)),
    paint,
  )}${raisesText(group.tiers.map(raiseOf), paint)}`;
}

function isOfProject(tier: WireBudgetTier): boolean {
  return tier.scope === 'project';
}

function projectText(tiers: readonly WireBudgetTier[], { paint }: Output): string {
  return `${paint.bold('the whole project')}\n${capTable(
    tiers.map((tier) => cells(tier, whose(tier), paint)),
    paint,
  )}${raisesText(tiers.map(raiseOf), paint)}`;
}

/** `tiers`: those of its caps that are shown here. */
function budgetText(budget: AgentBudget, tiers: readonly WireBudgetTier[], { paint }: Output): string {
  mustHave(budget, ['tiers', 'each_run', 'live_runs']);
  const title = `${paint.bold(visibleLine(budget.agent_id))}  ${status(budget.status, paint)}`;
  const rows = [
    ...tiers.map((tier) => cells(tier, whose(tier), paint)),
    ...budget.each_run.map((tier) => limitCells(tier, paint)),
    ...budget.live_runs.flatMap((run) =>
      run.tiers
        .filter(({ scope, tier }) => scope === 'run' && tier !== 'call')
        .map((tier) => cells(tier, `run …${run.run_id.slice(-6)}`, paint)),
    ),
  ];
  if (rows.length === 0)
    return `${title}\n  no caps${budget.tiers.length === 0 ? '' : ' of its own'}: ${dollars(budget.spent_micro_usd)} and ${count(budget.tokens_consumed)} tokens so far`;
  const raises = [
    ...[...tiers, ...budget.each_run].map(raiseOf),
    // What was raised for every run stands there already.
    ...budget.live_runs.flatMap((run) =>
      run.tiers
        .filter(({ scope, owner }) => scope === 'run' && owner === 'run')
        .map((tier) => ({ tier, of: ` of run …${run.run_id.slice(-6)}` })),
    ),
  ];
  return `${title}\n${capTable(rows, paint)}${raisesText(raises, paint)}`;
}

interface MaybeRaised {
  readonly tier: WireBudgetTier;
  /** " of run …4m0v4" for what holds for that alone. */
  readonly of: string;
}

function raiseOf(tier: WireBudgetTier): MaybeRaised {
  return { tier, of: '' };
}

/** A line for each limit that is not the one in the rules. */
function raisesText(caps: readonly MaybeRaised[], paint: Paint): string {
  return caps
    .flatMap(({ tier, of }) => {
      const { raised } = tier;
      if (raised === undefined) return [];
      const name = `${tier.tier}_${tier.unit}${of}`;
      const until = raised.until === 'run' ? 'it ends' : 'rules with another limit are accepted';
      const from = limit({ ...tier, cap: raised.from });
      const text = `${name} was raised by an operator from ${from} at ${localTime(raised.at)}, until ${until}`;
      return [`\n${foldedWords(`  ${paint.dim(text)}`, outputWidth())}`];
    })
    .join('');
}

function capTable(rows: readonly (readonly string[])[], paint: Paint): string {
  const right = (title: string) => ({ title, align: 'right' }) as const;
  const columns: readonly Column[] = [
    { title: '  cap' },
    { title: 'of' },
    right('spent'),
    { ...right('reserved'), spare: 2 },
    right('limit'),
    right('left'),
    { title: 'used', spare: 1 },
  ];
  return tableText(columns, rows, paint, outputWidth());
}

function cells(tier: WireBudgetTier, of: string, paint: Paint): readonly string[] {
  return [
    `  ${tier.tier}_${tier.unit}`,
    of,
    amount(tier, tier.posted),
    amount(tier, tier.reserved),
    limit(tier),
    amount(tier, tier.remaining),
    bar(100 - tier.remaining_pct, paint),
  ];
}

/** What every call or run begins with: nothing stands against it yet. */
function limitCells(tier: WireBudgetTier, paint: Paint): readonly string[] {
  const none = paint.dim('–');
  return [`  ${tier.tier}_${tier.unit}`, `each ${tier.tier}`, none, none, limit(tier), none, none];
}

function whose(tier: WireBudgetTier): string {
  return tier.owner === tier.scope ? tier.scope : `${tier.scope}, by ${tier.owner}`;
}

function limit(tier: WireBudgetTier): string {
  return tier.unit === 'usd' ? formatUsdLimit(tier.cap) : count(tier.cap);
}

function amount(tier: WireBudgetTier, value: number): string {
  return amountOf(value, tier.cap, tier.unit);
}
