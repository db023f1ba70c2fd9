// The scoreboard as a table, with a bar for the share of the tightest cap that is used and, on a terminal, a line of what was spent when.
import { amountText } from '../../core/ledger/amount-text.ts';
import { formatUsdLimit } from '../../core/ledger/money.ts';
import { visibleLine } from '../../core/visible-text.ts';
import type { WireBudgetTier, WireScoreboard, WireScoreboardRow } from '../../server/wire/record.ts';
import type { WireSpend } from '../../server/wire/spend.ts';
import { mustHave } from '../answered-in-full.ts';
import { outputWidth, type Paint } from '../terminal.ts';
import { sparkline } from './sparkline.ts';
import { type Column, shownWidth, tableText } from './table.ts';
import { count, dollars, status } from './words.ts';

const BAR_WIDTH = 10;

/** `spend` is shown as a line of each agent; null leaves it out. */
export function scoreboardText(
  board: WireScoreboard,
  spend: WireSpend | null,
  paint: Paint,
  width = outputWidth(),
): string {
  mustHave(board, ['items', 'project.tiers', 'groups']);
  if (board.items.length === 0) return 'No agent yet. Start one with `governed-agents run <agent>`.';
  const right = (title: string, spare?: number): Column => ({
    title,
    align: 'right',
    ...(spare === undefined ? {} : { spare }),
  });
  const history: readonly Column[] =
    spend === null ? [] : [{ title: `last ${spend.slots.length} ${spend.per}s`, spare: 2 }];
  const table = tableText(
    [
      { title: 'agent' },
      { title: 'status' },
      right('spent'),
      right('reserved', 6),
      right('cap'),
      { title: 'used', spare: 3 },
      ...history,
      right('tokens', 8),
      right('calls', 7),
      right('runs', 4),
      right('waiting'),
      right('approved', 9),
      right('refused', 10),
      right('pauses', 11),
      right('flags'),
      { title: 'tier' },
    ],
    board.items.map((row) => cells(row, spend, paint)),
    paint,
    width,
  );
  return [
    table,
    ...purposes(board, paint),
    ...reasons(board, paint),
    '',
    project(board, spend, paint),
    ...groups(board, paint),
  ].join('\n');
}

function cells(row: WireScoreboardRow, spend: WireSpend | null, paint: Paint): readonly string[] {
  const none = paint.dim('–');
  const live = row.runs_live > 0 ? paint.cyan(` (${row.runs_live} live)`) : '';
  const over = spend?.items.find(({ agent_id: id }) => id === row.agent_id)?.spent_micro_usd ?? [];
  return [
    paint.bold(visibleLine(row.agent_id)),
    status(row.status, paint),
    dollars(row.spent_micro_usd),
    dollars(row.reserved_micro_usd),
    row.usd_cap === null
      ? none
      : `${formatUsdLimit(Math.round(row.usd_cap * 1e6))}${row.cap_tier === null ? '' : paint.dim(`/${row.cap_tier}`)}`,
    row.remaining_pct === null ? none : bar(100 - row.remaining_pct, paint),
    ...(spend === null ? [] : [paint.green(sparkline(over))]),
    count(row.tokens),
    count(row.llm_calls + row.tool_calls),
    `${count(row.runs)}${live}`,
    row.proposals_pending > 0 ? paint.yellow(count(row.proposals_pending)) : '0',
    count(row.proposals_approved),
    count(row.proposals_refused),
    row.pauses > 0 ? paint.yellow(count(row.pauses)) : '0',
    row.flags > 0 ? paint.red(count(row.flags)) : '0',
    tierCell(row, paint),
  ];
}

function tierCell({ tier, key_in_agent: hasKey }: WireScoreboardRow, paint: Paint): string {
  const word = tier === null ? paint.dim('–') : tier === 'advisory' ? paint.yellow(tier) : tier;
  return hasKey ? `${word}, ${paint.yellow('key in agent')}` : word;
}

export function bar(usedPct: number, paint: Paint): string {
  const share = Math.max(0, Math.min(100, usedPct));
  const full = Math.round((share / 100) * BAR_WIDTH);
  const colour = share >= 95 ? paint.red : share >= 80 ? paint.yellow : paint.green;
  return `${colour('█'.repeat(full))}${paint.dim('░'.repeat(BAR_WIDTH - full))} ${`${Math.round(share)}%`.padStart(4)}`;
}

/** What each is for, as its rules say it: below the table, since beside the figures there is no room for a sentence. */
function purposes(board: WireScoreboard, paint: Paint): readonly string[] {
  const named = board.items.flatMap(({ agent_id: id, purpose }) => {
    const text = visibleLine((purpose ?? '').replaceAll(/\s+/g, ' ').trim());
    return text === '' ? [] : [{ id: visibleLine(id), text }];
  });
  const widest = Math.max(0, ...named.map(({ id }) => shownWidth(id)));
  const lines = named.map(
    ({ id, text }) => `  ${id}${' '.repeat(widest - shownWidth(id))}  ${paint.dim(text)}`,
  );
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Why an agent is stopped, and why it is no more than advisory: whoever looks at the table needs both. */
function reasons(board: WireScoreboard, paint: Paint): readonly string[] {
  const lines = board.items.flatMap((row) => {
    const id = visibleLine(row.agent_id);
    const stopped =
      row.paused_reason === null
        ? []
        : [`  ${status(row.status, paint)} ${id}: ${visibleLine(row.paused_reason)}`];
    const advisory =
      row.tier !== 'advisory' || row.tier_reason === null
        ? []
        : [`  ${paint.yellow('advisory')} ${id}: ${visibleLine(row.tier_reason)}`];
    return [...stopped, ...advisory];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

function project(board: WireScoreboard, spend: WireSpend | null, paint: Paint): string {
  const { spent_micro_usd: spent, reserved_micro_usd: reserved, tiers } = board.project;
  const caps = tiers.map((tier) => tierText(tier)).join(' · ');
  const held = reserved > 0 ? ` (+${dollars(reserved)} reserved)` : '';
  const history = spend === null ? '' : `  ${paint.green(sparkline(spend.project.spent_micro_usd))}`;
  return `${paint.bold('project')}  ${dollars(spent)} spent${held}${caps === '' ? '' : ` · ${caps}`}${history}`;
}

function groups(board: WireScoreboard, paint: Paint): readonly string[] {
  return board.groups.map((group) => {
    const live = group.runs_live === 0 ? '' : ` (${count(group.runs_live)} live)`;
    const caps = group.tiers.map((tier) => ` · ${tierText(tier)}`).join('');
    return `${paint.bold(`group ${visibleLine(group.group)}`)}  ${dollars(group.spent_micro_usd)} spent${live}${caps}`;
  });
}

const PERIODS: Readonly<Record<string, string>> = {
  total: 'in all',
  hour: 'an hour',
  run: 'a batch of runs',
};

function tierText(tier: WireBudgetTier): string {
  const posted = tier.unit === 'usd' ? dollars(tier.posted) : count(tier.posted);
  return `${posted} of ${amountText(tier.cap, tier.unit)} ${PERIODS[tier.tier] ?? `a ${tier.tier}`}`;
}
