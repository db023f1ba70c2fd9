// Spend over time, as the dashboard's charts and the scoreboard read it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProjectFixture, startProject } from './project-fixture.ts';

let f: ProjectFixture;
beforeAll(async () => {
  f = await startProject({
    files: {
      'agents/beta/agent.toml': 'adapter = "command"\ncommand = ["true"]\n[budget]\nday_usd = 5\n',
      'agents/beta/tasks/smoke.md': 'Nothing.\n',
    },
  });
  const { run_secret: secret } = await f.newRun('noop');
  for (const [n, usd] of [0.25, 0.5].entries()) {
    const body = { usd, tokens: 100, tool: 'search', idempotency_key: `c${n}` };
    const charged = await f.ask({ method: 'POST', path: '/budget/noop/charge', secret, body });
    if (charged.status !== 201 && charged.status !== 200) throw new Error(charged.text);
  }
});
afterAll(() => f.close());

interface Spend {
  readonly slots: readonly { readonly from: string; readonly to: string }[];
  readonly items: readonly { readonly agent_id: string; readonly spent_micro_usd: readonly number[] }[];
  readonly project: { readonly spent_micro_usd: readonly number[]; readonly tokens: readonly number[] };
  readonly next_cursor: string | null;
}

async function spend(query = ''): Promise<Spend> {
  const { status, body } = await f.ask({ path: `/spend${query}`, secret: f.token('viewer') });
  expect(status).toBe(200);
  return body as unknown as Spend;
}

const sum = (figures: readonly number[] | undefined): number =>
  (figures ?? []).reduce((all, each) => all + each, 0);

it('gives every agent and the project a figure for each hour, and for each day', async () => {
  for (const [query, slots] of [
    ['', 24],
    ['?per=day', 30],
  ] as const) {
    const answer = await spend(query);
    expect(answer.slots).toHaveLength(slots);
    expect(answer.items.map(({ agent_id }) => agent_id)).toEqual(['beta', 'noop']);
    const [beta, noop] = answer.items;
    expect(beta?.spent_micro_usd).toEqual(Array.from({ length: slots }, () => 0));
    expect(noop?.spent_micro_usd).toHaveLength(slots);
    expect(sum(noop?.spent_micro_usd)).toBe(750_000);
    expect(sum(answer.project.spent_micro_usd)).toBe(750_000);
    expect(sum(answer.project.tokens)).toBe(200);
  }
});

it('is bounded: a page at a time, or one agent', async () => {
  const first = await spend('?limit=1');
  expect([first.items.map(({ agent_id }) => agent_id), first.next_cursor]).toEqual([['beta'], 'beta']);
  const second = await spend('?limit=1&cursor=beta');
  expect([second.items.map(({ agent_id }) => agent_id), second.next_cursor]).toEqual([['noop'], null]);
  expect((await spend('?agent_id=noop')).items).toHaveLength(1);
  expect((await spend('?agent_id=nobody')).items).toEqual([]);
  for (const query of ['?per=minute', '?limit=0', '?limit=201', '?since=1h']) {
    const refused = await f.ask({ path: `/spend${query}`, secret: f.token('viewer') });
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid' } });
  }
});
