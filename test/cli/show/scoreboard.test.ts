import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { runsText } from '../../../src/cli/show/runs.ts';
import { scoreboardText } from '../../../src/cli/show/scoreboard.ts';
import { sparkline } from '../../../src/cli/show/sparkline.ts';
import type { WireRun, WireScoreboard, WireScoreboardRow } from '../../../src/server/wire/record.ts';
import type { WireSpend } from '../../../src/server/wire/spend.ts';

const plain = picocolors.createColors(false);
const colour = picocolors.createColors(true);

function aRow(over: Partial<WireScoreboardRow> = {}): WireScoreboardRow {
  return {
    agent_id: 'release-notes-writer',
    purpose: null,
    status: 'ok',
    paused_reason: null,
    pause_source: null,
    tier: 'confined',
    tier_reason: null,
    key_in_agent: false,
    usd_consumed: 4.85,
    spent_micro_usd: 4_850_000,
    reserved_micro_usd: 110_000,
    usd_cap: 12,
    cap_tier: 'day',
    run_cap_micro_usd: null,
    run_cap_of: null,
    tokens_consumed: 52_000,
    tokens: 27_570_112,
    remaining_pct: 59.5,
    llm_calls: 2_143,
    tool_calls: 12,
    runs: 144,
    runs_live: 2,
    runs_paused: 0,
    paused_run: null,
    proposals: 70,
    proposals_pending: 2,
    proposals_unknown: 0,
    proposals_approved: 58,
    proposals_refused: 10,
    pauses: 1,
    flags: 0,
    ...over,
  };
}

function aBoard(...items: readonly WireScoreboardRow[]): WireScoreboard {
  const project = {
    project_id: 'prj_1',
    spent_micro_usd: 0,
    usd_consumed: 0,
    reserved_micro_usd: 0,
    tiers: [],
  };
  return { items, project, groups: [], as_of: '2026-11-21T08:00:00.000Z' };
}

const RAISE = 'at day_tokens; raise it with `governed-agents budget raise noop --tier day --tokens 9`';
const FIGURES = Array.from({ length: 24 }, (_, hour) => (hour % 3 === 0 ? 0 : hour));
const SPEND: WireSpend = {
  per: 'hour',
  timezone: 'UTC',
  slots: FIGURES.map(() => ({ from: '', to: '' })),
  project: { spent_micro_usd: FIGURES, tokens: FIGURES },
  items: [{ agent_id: 'release-notes-writer', spent_micro_usd: FIGURES, tokens: FIGURES }],
  next_cursor: null,
  as_of: '',
};

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => [...line].length));

describe('the scoreboard', () => {
  it.each([80, 100, 140, 200])('breaks no row at %d columns, in colour or without', (width) => {
    const board = aBoard(aRow(), aRow({ agent_id: 'b', runs_live: 0 }));
    const text = scoreboardText(board, SPEND, plain, width);
    expect(widest(text)).toBeLessThanOrEqual(width);
    expect(text).toContain('tier');
    expect(text).toContain('$12.00/day');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken out
    expect(scoreboardText(board, SPEND, colour, width).replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(text);
  });

  it('shows what was spent when, an hour a character, where there is room; and everything in a pipe', () => {
    expect(scoreboardText(aBoard(aRow()), SPEND, plain, 160)).toContain(sparkline(FIGURES));
    const piped = scoreboardText(aBoard(aRow()), null, plain, Number.POSITIVE_INFINITY);
    for (const title of ['tokens', 'approved', 'refused', 'pauses', 'flags']) expect(piped).toContain(title);
    expect(piped).not.toContain('last 24 hours');
  });

  it.each([80, 120])('says below the table what each agent is for, at %d columns too', (width) => {
    const board = aBoard(
      aRow({ agent_id: 'ls-07204e7d', purpose: 'ls in /home/me/one\u202e' }),
      aRow({ agent_id: 'noop', purpose: 'Shows one\nproposal' }),
      aRow({ agent_id: 'b', purpose: null }),
      aRow({ agent_id: 'c', purpose: ' ' }),
    );
    const lines = scoreboardText(board, SPEND, plain, width).split('\n');
    expect(lines.slice(5, 9)).toEqual([
      '',
      '  ls-07204e7d  ls in /home/me/one⟨U+202E⟩',
      '  noop         Shows one proposal',
      '',
    ]);
  });

  it('shows a cap as it was said, and rounds none', () => {
    expect(scoreboardText(aBoard(aRow({ usd_cap: 0.125 })), null, plain, 140)).toContain('$0.125/day');
  });

  it('says why an agent is paused, with how a cap is raised as its reason has it, and why one is no more than advisory', () => {
    const text = scoreboardText(
      aBoard(
        aRow({ status: 'paused', pause_source: 'cap', paused_reason: RAISE }),
        aRow({ agent_id: 'c', status: 'paused', pause_source: 'operator', paused_reason: 'lunch' }),
        aRow({ agent_id: 'b', tier: 'advisory', tier_reason: 'no \u202ebubblewrap' }),
      ),
      null,
      plain,
      140,
    );
    const joined = text.replaceAll(/\n {4}/g, ' ');
    expect(joined).toContain(`paused release-notes-writer: ${RAISE}\n`);
    expect(joined).toContain('paused c: lunch · `governed-agents resume c` lets it go on\n');
    expect(text).toContain('advisory b: no ⟨U+202E⟩bubblewrap');
  });

  it('says which run stands paused, why, and what lets it go on; and counts it among what waits, as `status` does', () => {
    const run = {
      run_id: 'run_01m7yh9cvasakqygqb3h48m0v4',
      paused_reason: 'over run_usd; raise it with `governed-agents budget raise noop --tier run --usd 1`',
      pause_source: 'cap',
    };
    const at = (over: Partial<WireScoreboardRow>, width = 140): string =>
      scoreboardText(aBoard(aRow({ agent_id: 'noop', proposals_pending: 0, ...over })), null, plain, width);
    const one = at({ status: 'warning', runs_paused: 1, paused_run: run });
    expect(one).toContain(' 1 (1 paused) ');
    expect(one.replaceAll(/\n */g, ' ')).toContain(`  paused ${run.run_id} of noop: ${run.paused_reason} `);
    const operators = at({
      runs_paused: 3,
      proposals_pending: 2,
      proposals_unknown: 1,
      paused_run: { ...run, paused_reason: 'odd \u202e', pause_source: 'operator' },
    });
    expect(operators).toContain(' 6 (3 paused, 1 unknown) ');
    expect(operators.replaceAll(/\n */g, ' ')).toContain(
      `odd ⟨U+202E⟩ · \`governed-agents resume ${run.run_id}\` lets it go on · 2 more: \`governed-agents runs --agent noop\``,
    );
    // Those that stand with their agent go on with it, which has a reason of its own.
    expect(at({ status: 'paused', paused_reason: 'enough', runs_paused: 2 })).not.toContain('more:');
    expect(widest(at({ status: 'warning', runs_paused: 1, paused_run: run }, 80))).toBeLessThanOrEqual(80);
  });

  it.each([80, 120])('cuts neither the project nor a group in two at %d columns', (width) => {
    const tier = (name: string, unit: 'usd' | 'tokens') =>
      ({
        tier: name,
        unit,
        cap: 100_000_000,
        posted: 12_345_678,
      }) as WireScoreboard['project']['tiers'][number];
    const tiers = [tier('day', 'usd'), tier('month', 'usd'), tier('total', 'tokens')];
    const group = { group: 'nightly', runs_live: 2, spent_micro_usd: 1_000_000, tiers };
    const board = {
      ...aBoard(aRow()),
      groups: [group as unknown as WireScoreboard['groups'][number]],
    };
    const text = scoreboardText({ ...board, project: { ...board.project, tiers } }, SPEND, plain, width);
    expect(widest(text)).toBeLessThanOrEqual(width);
    const below = text.slice(text.indexOf('\nproject'));
    for (const part of ['a day', 'a month', 'in all'])
      expect(below).toMatch(new RegExp(`\\$?[\\d.,]+ of \\$?[\\d.,]+ (tokens )?${part}`));
    const bare = scoreboardText(board, SPEND, plain, width);
    expect(bare.includes(`$0.00 spent  ${sparkline(FIGURES)}`)).toBe(true);
  });

  it('counts model calls, as brief and dashboard do, and tool calls beside them where there is room', () => {
    const [head = '', row = ''] = scoreboardText(aBoard(aRow()), null, plain, 300).split('\n');
    const under = (title: string): string =>
      row
        .slice(0, head.indexOf(title) + title.length)
        .split(/\s+/)
        .at(-1) ?? '';
    expect(under('model calls')).toBe('2,143');
    expect(under('tool calls')).toBe('12');
  });

  it('of a server that was started before an upgrade says so', () => {
    const { runs_paused: _, ...old } = aRow();
    expect(() => scoreboardText(aBoard(old as WireScoreboardRow), null, plain, 80)).toThrow(
      /its answer lacks runs_paused/,
    );
  });
});

it('draws nothing as a dot and a little as more than nothing', () => {
  expect(sparkline([0, 1, 500, 1_000])).toBe('·▁▄█');
  expect(sparkline([0, 0])).toBe('··');
  expect(sparkline([])).toBe('');
});

it('keeps id, agent, status and tier of a run at 80 columns, and its reason below', () => {
  const run = {
    run_id: 'run_01m7yh9cvasakqygqb3h48m0v4',
    agent_id: 'dependency-watch',
    task: 'advisories',
    group: null,
    status: 'paused',
    end_reason: null,
    tier: 'advisory',
    tier_reason: 'user namespaces are off',
    paused_reason: 'at the cap day_usd',
    started_at: '2026-11-21T08:00:00.000Z',
    ended_at: null,
    spent_micro_usd: 2_130_000,
    tokens: 1_952_355,
    supervised: true,
  } as unknown as WireRun;
  const text = runsText([run], Date.parse('2026-11-21T08:01:00.000Z'), plain, 80);
  const [head = '', row = ''] = text.split('\n');
  expect(Math.max(head.length, row.length)).toBeLessThanOrEqual(80);
  expect(row).toMatch(/run_01m7yh9cvasakqygqb3h48m0v4 +dependency-watch .*paused .*advisory/);
  expect(text).toContain('paused: at the cap day_usd');
  expect(text).toContain('advisory: user namespaces are off');
});

it('says what is used of a cap in the digits of the cap, so that no more seems used than there is', () => {
  const tier = {
    tier: 'day',
    unit: 'usd',
    cap: 125_000,
    posted: 125_000,
  } as WireScoreboard['project']['tiers'][number];
  const board = aBoard(aRow());
  const text = scoreboardText({ ...board, project: { ...board.project, tiers: [tier] } }, null, plain, 120);
  expect(text).toContain('$0.125 of $0.125 a day');
});
