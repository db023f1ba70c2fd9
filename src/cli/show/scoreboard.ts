// The scoreboard as a table, with a bar for the share of the tightest cap that is used.
import { visibleString } from '../../core/visible-text.ts';
import type { WireBudgetTier, WireScoreboard, WireScoreboardRow } from '../../server/wire/record.ts';
import type { Paint } from '../terminal.ts';
import { tableText } from './table.ts';
import { count, dollars, status } from './words.ts';

const BAR_WIDTH = 10;

export function scoreboardText(board: WireScoreboard, paint: Paint): string {
  if (board.items.length === 0) return 'No agent yet. Start one with `governed-agents run <agent>`.';
  const table = tableText(
    [
      { title: 'agent' },
      { title: 'status' },
      { title: 'spent', align: 'right' },
      { title: 'cap', align: 'right' },
      { title: 'used' },
      { title: 'tokens', align: 'right' },
      { title: 'calls', align: 'right' },
      { title: 'runs', align: 'right' },
      { title: 'waiting', align: 'right' },
      { title: 'approved', align: 'right' },
      { title: 'refused', align: 'right' },
      { title: 'pauses', align: 'right' },
      { title: 'flags', align: 'right' },
      { title: 'tier' },
    ],
    board.items.map((row) => cells(row, paint)),
    paint,
  );
  return [table, ...reasons(board, paint), '', project(board, paint)].join('\n');
}

function cells(row: WireScoreboardRow, paint: Paint): readonly string[] {
  const none = paint.dim('–');
  const live = row.runs_live > 0 ? paint.cyan(` (${row.runs_live} live)`) : '';
  return [
    paint.bold(visibleString(row.agent_id)),
    status(row.status, paint),
    dollars(row.spent_micro_usd) +
      (row.reserved_micro_usd > 0 ? paint.dim(` +${dollars(row.reserved_micro_usd)}`) : ''),
    row.usd_cap === null
      ? none
      : `${dollars(row.usd_cap * 1e6)}${row.cap_tier === null ? '' : paint.dim(`/${row.cap_tier}`)}`,
    row.remaining_pct === null ? none : bar(100 - row.remaining_pct, paint),
    count(row.tokens_consumed),
    count(row.llm_calls + row.tool_calls),
    `${count(row.runs)}${live}`,
    row.proposals_pending > 0 ? paint.yellow(count(row.proposals_pending)) : '0',
    count(row.proposals_approved),
    count(row.proposals_refused),
    row.pauses > 0 ? paint.yellow(count(row.pauses)) : '0',
    row.flags > 0 ? paint.red(count(row.flags)) : '0',
    row.tier === null ? none : row.tier,
  ];
}

export function bar(usedPct: number, paint: Paint): string {
  const share = Math.max(0, Math.min(100, usedPct));
  const full = Math.round((share / 100) * BAR_WIDTH);
  const colour = share >= 95 ? paint.red : share >= 80 ? paint.yellow : paint.green;
  return `${colour('█'.repeat(full))}${paint.dim('░'.repeat(BAR_WIDTH - full))} ${`${Math.round(share)}%`.padStart(4)}`;
}

function reasons(board: WireScoreboard, paint: Paint): readonly string[] {
  const stopped = board.items.filter((row) => row.paused_reason !== null);
  const lines = stopped.map(
    (row) =>
      `  ${status(row.status, paint)} ${visibleString(row.agent_id)}: ${visibleString(row.paused_reason ?? '')}`,
  );
  return lines.length === 0 ? [] : ['', ...lines];
}

function project(board: WireScoreboard, paint: Paint): string {
  const { spent_micro_usd: spent, reserved_micro_usd: reserved, tiers } = board.project;
  const caps = tiers.map((tier) => tierText(tier)).join(' · ');
  const held = reserved > 0 ? ` (+${dollars(reserved)} reserved)` : '';
  return `${paint.bold('project')}  ${dollars(spent)} spent${held}${caps === '' ? '' : ` · ${caps}`}`;
}

function tierText(tier: WireBudgetTier): string {
  const amount = (value: number): string =>
    tier.unit === 'usd' ? dollars(value) : `${count(value)} ${tier.unit}`;
  return `${amount(tier.posted)} of ${amount(tier.cap)} a ${tier.tier}`;
}
