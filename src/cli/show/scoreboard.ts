// The scoreboard as a table, with a bar for the share of the tightest cap that is used and, on a terminal, a line of what was spent when.
import { amountOf, amountText } from '../../core/ledger/amount-text.ts';
import { formatUsdLimit } from '../../core/ledger/money.ts';
import { visibleLine } from '../../core/visible-text.ts';
import type { WireBudgetTier, WireScoreboard, WireScoreboardRow } from '../../server/wire/record.ts';
import type { WireSpend } from '../../server/wire/spend.ts';
import { mustHave } from '../answered-in-full.ts';
import { outputWidth, type Paint } from '../terminal.ts';
import { foldedParts, foldedWords } from './folded-words.ts';
import { shownWidth } from './shown-width.ts';
import { sparkline } from './sparkline.ts';
import { type Column, right, tableText } from './table.ts';
import { wayOn } from './way-on.ts';
import { count, dollars, plural, status } from './words.ts';

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
  for (const row of board.items) mustHave(row, ['runs_paused', 'paused_run', 'proposals_unknown']);
  const history: readonly Column[] =
    spend === null ? [] : [{ title: `last ${spend.slots.length} ${spend.per}s`, spare: 2 }];
  const isFlagged = board.items.some(({ flags }) => flags > 0);
  const table = tableText(
    [
      { title: 'agent' },
      { title: 'status' },
      right('spent'),
      right('reserved', 6),
      right('cap', 0),
      { title: 'used', spare: 3 },
      ...history,
      right('tokens', 8),
      right('model calls', 7),
      right('tool calls', 12),
      right('runs', 4),
      right('waiting'),
      right('approved', 9),
      right('refused', 10),
      right('pauses', 11),
      right('flags', ...(isFlagged ? [] : [1])),
      { title: 'tier' },
    ],
    board.items.map((row) => cells(row, spend, paint)),
    paint,
    width,
  );
  return [
    table,
    ...purposes(board, paint, width),
    ...reasons(board, paint, width),
    '',
    project(board, spend, paint, width),
    ...groups(board, paint, width),
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
    count(row.llm_calls),
    count(row.tool_calls),
    `${count(row.runs)}${live}`,
    waiting(row, paint),
    count(row.proposals_approved),
    count(row.proposals_refused),
    row.pauses > 0 ? paint.yellow(count(row.pauses)) : '0',
    row.flags > 0 ? paint.red(count(row.flags)) : '0',
    tierCell(row, paint),
  ];
}

/** What `status` counts as waiting, too: proposals, outcomes that nobody knows, and runs that stand paused. */
function waiting(
  { proposals_pending: pending, proposals_unknown: unknown, runs_paused: paused }: WireScoreboardRow,
  paint: Paint,
): string {
  const all = pending + unknown + paused;
  if (all === 0) return '0';
  const kinds = [
    ...(paused === 0 ? [] : [`${count(paused)} paused`]),
    ...(unknown === 0 ? [] : [`${count(unknown)} unknown`]),
  ];
  return paint.yellow(`${count(all)}${kinds.length === 0 ? '' : ` (${kinds.join(', ')})`}`);
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
function purposes(board: WireScoreboard, paint: Paint, width: number): readonly string[] {
  const named = board.items.flatMap(({ agent_id: id, purpose }) => {
    const text = visibleLine((purpose ?? '').replaceAll(/\s+/g, ' ').trim());
    return text === '' ? [] : [{ id: visibleLine(id), text }];
  });
  const widest = Math.max(0, ...named.map(({ id }) => shownWidth(id)));
  const lines = named.map(({ id, text }) =>
    foldedWords(`  ${id}${' '.repeat(widest - shownWidth(id))}  ${paint.dim(text)}`, width, widest + 4),
  );
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Why an agent or a run of it is stopped, and why it is no more than advisory: whoever looks at the table needs all of it. */
function reasons(board: WireScoreboard, paint: Paint, width: number): readonly string[] {
  const lines = board.items.flatMap((row) => {
    const id = visibleLine(row.agent_id);
    const { paused_reason: reason, pause_source: source } = row;
    const goesOn = wayOn({ reason, source, id: row.agent_id, agent_id: row.agent_id });
    const stopped =
      reason === null ? [] : [`${status(row.status, paint)} ${id}: ${visibleLine(reason)}${goesOn}`];
    const advisory =
      row.tier !== 'advisory' || row.tier_reason === null
        ? []
        : [`${paint.yellow('advisory')} ${id}: ${visibleLine(row.tier_reason)}`];
    return [...stopped, ...pausedRun(row, paint), ...advisory];
  });
  return lines.length === 0 ? [] : ['', ...lines.map((line) => foldedWords(`  ${line}`, width))];
}

/** The newest run that stands by itself, and what lets it go on; of more the list of runs says it. */
function pausedRun(
  { agent_id: agentId, runs_paused: all, paused_run: run }: WireScoreboardRow,
  paint: Paint,
): readonly string[] {
  if (run === null) return [];
  const agent = visibleLine(agentId);
  const reason = visibleLine(run.paused_reason ?? 'no reason was recorded');
  const standing = {
    reason: run.paused_reason,
    source: run.pause_source,
    id: run.run_id,
    agent_id: agentId,
  };
  const others =
    all === 1 ? '' : ` · ${plural(all - 1, 'more', 'more')}: \`governed-agents runs --agent ${agent}\``;
  return [`${paint.yellow('paused')} ${run.run_id} of ${agent}: ${reason}${wayOn(standing)}${others}`];
}

function project(board: WireScoreboard, spend: WireSpend | null, paint: Paint, width: number): string {
  const { spent_micro_usd: spent, reserved_micro_usd: reserved, tiers } = board.project;
  const held = reserved > 0 ? ` (+${dollars(reserved)} reserved)` : '';
  const parts = [`${paint.bold('project')}  ${dollars(spent)} spent${held}`, ...tiers.map(tierText)];
  const line = foldedParts(parts, width);
  // Cut in two it would say something else.
  const history = spend === null ? '' : `  ${paint.green(sparkline(spend.project.spent_micro_usd))}`;
  return !line.includes('\n') && shownWidth(`${line}${history}`) <= width ? `${line}${history}` : line;
}

function groups(board: WireScoreboard, paint: Paint, width: number): readonly string[] {
  return board.groups.map((group) => {
    const live = group.runs_live === 0 ? '' : ` (${count(group.runs_live)} live)`;
    const name = paint.bold(`group ${visibleLine(group.group)}`);
    const parts = [`${name}  ${dollars(group.spent_micro_usd)} spent${live}`, ...group.tiers.map(tierText)];
    return foldedParts(parts, width);
  });
}

const PERIODS: Readonly<Record<string, string>> = {
  total: 'in all',
  hour: 'an hour',
  run: 'a batch of runs',
};

function tierText(tier: WireBudgetTier): string {
  return `${amountOf(tier.posted, tier.cap, tier.unit)} of ${amountText(tier.cap, tier.unit)} ${PERIODS[tier.tier] ?? `a ${tier.tier}`}`;
}
