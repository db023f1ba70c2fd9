import { expect, it } from 'vitest';
import { showStatus } from '../../../src/cli/show/status.ts';
import type { WireStatus } from '../../../src/server/wire/record.ts';
import { shownBy } from './shown.ts';

function shown(over: Partial<WireStatus>): string {
  return shownBy((output) => showStatus(output, { ...STATUS, ...over }));
}

const COUNTS = {
  agents: 2,
  agents_paused: 0,
  runs_live: 3,
  runs_live_advisory: 1,
  runs_paused: 0,
  runs_total: 9,
  proposals_pending: 0,
  proposals_unknown: 0,
  flags: 0,
};
const STATUS: WireStatus = {
  version: '1',
  project_id: 'prj_1',
  project_dir: '/p',
  state_dir: '/s',
  server: { up: true, pid: 1, port: 8005, started_at: null },
  watchdog: { alive: true, pid: 2, age_ms: 3 },
  kill_switch: { on: false, reason: null, since: null },
  rules: { hash: 'a'.repeat(64), accepted_at: null, changed: [], problems: [] },
  mirror: { ok: true, lag: 0, problem: null },
  confinement: null,
  record: { seq: 1, hash: 'b'.repeat(64) },
  counts: COUNTS,
  groups: [],
  warnings: [],
  as_of: '2026-11-21T08:00:00.000Z',
};

it('says how many of the live runs are no more than advisory', () => {
  expect(shown({})).toContain('3 live (1 advisory), 9 in all');
  expect(shown({ counts: { ...COUNTS, runs_live_advisory: 0 } })).toContain('3 live, 9 in all');
});

it('tells a server that hangs from one that is not there', () => {
  const down = { ...STATUS.server, up: false, pid: null };
  expect(shown({ server: down })).toContain('down: `governed-agents serve`');
  const hangs = shown({ server: { ...down, pid: 7 } });
  expect(hangs).toContain('gives no answer, and process 7 lives');
  expect(hangs).toContain('`governed-agents down` ends it');
});

it('counts a run that stands still among what waits, with the command that tells why', () => {
  expect(shown({})).toMatch(/waiting +nothing/);
  const waits = { ...COUNTS, proposals_pending: 2, runs_paused: 1 };
  expect(shown({ counts: waits })).toContain('2 proposals: `governed-agents approve` · 1 paused run');
  expect(shown({ counts: { ...COUNTS, runs_paused: 1 } })).toMatch(
    /waiting +1 paused run: `governed-agents runs` says what lets it go on/,
  );
});

it('says what the newest try to escape found, why it is no jail, and what to do', () => {
  const tried = { attempts: 138, tried_at: '2026-11-21T07:59:00.000Z' };
  expect(shown({ confinement: { ...tried, tier: 'confined', why: null, hint: null } })).toContain(
    'confined: none of 138 escapes worked, tried 1 m ago',
  );
  const open = { ...tried, tier: 'advisory', why: 'no \u202ebwrap', hint: 'install bubblewrap' } as const;
  expect(shown({ confinement: open })).toContain(
    'advisory: no ⟨U+202E⟩bwrap, tried 1 m ago · install bubblewrap',
  );
});

it('says that an edit waits for accept, or where it is wrong', () => {
  const rules = { ...STATUS.rules, changed: ['policy.toml'] };
  expect(shown({ rules })).toContain('1 file edited since: `governed-agents accept`');
  const place = { path: 'policy.toml', line: 4, column: 10 };
  const problems = [
    { code: 'x', detail: 'policy.toml:4: \u202eno such key', hint: 'did you mean action?', ...place },
  ];
  const text = shown({ rules: { ...rules, problems } });
  expect(text).toContain(
    '1 file edited since, with mistakes, so what was accepted stays: `governed-agents policy check`',
  );
  expect(text).toContain('✗ policy.toml:4: ⟨U+202E⟩no such key (did you mean action?)');
});

it('says of a server that was started before an upgrade that it wants a restart', () => {
  const { problems: _, ...rules } = STATUS.rules;
  expect(() => shown({ version: '0', rules: rules as WireStatus['rules'] })).toThrow(
    expect.objectContaining({
      code: 'strange_answer',
      message:
        'the server that runs is of another version (0) than this command: its answer lacks rules.problems',
      hint: expect.stringContaining('`governed-agents down`, then `governed-agents up`') as string,
    }) as Error,
  );
});
