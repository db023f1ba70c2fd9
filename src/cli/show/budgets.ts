// budget: the caps of agents as a table.
import { visibleString } from '../../core/visible-text.ts';
import type { WireBudget, WireBudgetTier } from '../../server/wire/record.ts';
import { agentIds, findAgentId } from '../find-agent.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { readResource } from '../resource.ts';
import { bar } from './scoreboard.ts';
import { tableText } from './table.ts';
import { count, dollars, status } from './words.ts';

export async function showBudgets(project: Project, output: Output, word: string | undefined): Promise<void> {
  const ids = word === undefined ? agentIds(project) : [findAgentId(project, word)];
  const budgets: WireBudget[] = [];
  for (const id of ids) {
    const { value } = await readResource<WireBudget>(project, output, `/budget/${encodeURIComponent(id)}`);
    budgets.push(value);
  }
  output.data(word === undefined ? { items: budgets, next_cursor: null } : budgets[0]);
  if (output.json) return;
  if (budgets.length === 0) output.line('No agent yet.');
  for (const [index, budget] of budgets.entries()) {
    if (index > 0) output.line();
    output.line(budgetText(budget, output));
  }
}

function budgetText(budget: WireBudget, { paint }: Output): string {
  const title = `${paint.bold(visibleString(budget.agent_id))}  ${status(budget.status, paint)}`;
  if (budget.tiers.length === 0)
    return `${title}\n  no caps: ${dollars(budget.spent_micro_usd)} and ${count(budget.tokens_consumed)} tokens so far`;
  const right = (name: string) => ({ title: name, align: 'right' }) as const;
  const columns = [
    { title: '  cap' },
    { title: 'of' },
    right('spent'),
    right('reserved'),
    right('limit'),
    right('left'),
    { title: 'used' },
  ];
  const rows = budget.tiers.map((tier) => [
    `  ${tier.tier}_${tier.unit}`,
    tier.scope,
    amount(tier, tier.posted),
    amount(tier, tier.reserved),
    amount(tier, tier.cap),
    amount(tier, tier.remaining),
    bar(100 - tier.remaining_pct, paint),
  ]);
  return `${title}\n${tableText(columns, rows, paint)}`;
}

function amount(tier: WireBudgetTier, value: number): string {
  return tier.unit === 'usd' ? dollars(value) : count(value);
}
