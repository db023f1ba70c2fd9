// What waits for a person, of each agent, as `status` counts it of all of them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WireScoreboard, WireScoreboardRow, WireStatus } from '../../src/server/wire/record.ts';
import { type ProjectFixture, startProject } from './project-fixture.ts';

let f: ProjectFixture;
beforeAll(async () => {
  f = await startProject({
    files: { 'agents/other/agent.toml': 'adapter = "command"\ncommand = ["true"]\n' },
  });
});
afterAll(() => f.close());

async function row(agentId: string): Promise<WireScoreboardRow | undefined> {
  const board = (await f.asOperator('GET', '/scoreboard')).body as unknown as WireScoreboard;
  const counts = ((await f.asOperator('GET', '/status')).body as unknown as WireStatus).counts;
  const sum = (of: (each: WireScoreboardRow) => number): number =>
    board.items.reduce((all, each) => all + of(each), 0);
  expect(sum((each) => each.runs_paused)).toBe(counts.runs_paused);
  expect(sum((each) => each.proposals_unknown)).toBe(counts.proposals_unknown);
  expect(sum((each) => each.proposals_pending)).toBe(counts.proposals_pending);
  return board.items.find((each) => each.agent_id === agentId);
}

const pause = (path: string, reason: string): Promise<unknown> => f.asOperator('POST', path, { reason });

it('is the runs that stand paused, with the newest that was paused by itself', async () => {
  expect(await row('noop')).toMatchObject({ runs_paused: 0, paused_run: null });
  const [first, second, third] = [await f.newRun(), await f.newRun(), await f.newRun()];
  await pause(`/runs/${second.run_id}/pause`, 'the second');
  await pause(`/runs/${first.run_id}/pause`, 'the first');
  const newest = { run_id: second.run_id, paused_reason: 'the second', pause_source: 'operator' };
  expect(await row('noop')).toMatchObject({ runs_live: 3, runs_paused: 2, paused_run: newest });
  expect(await row('other')).toMatchObject({ runs_paused: 0, paused_run: null });
  // The third stands with its agent, and goes on with it.
  await pause('/agents/noop/pause', 'all of it');
  expect(await row('noop')).toMatchObject({ runs_paused: 3, paused_run: newest });
  for (const { run_id: id } of [first, second, third]) await f.asOperator('POST', `/runs/${id}/kill`, {});
  expect(await row('noop')).toMatchObject({ runs_paused: 0, paused_run: null });
  await f.asOperator('POST', '/agents/noop/resume', {});
});

it('is the outcomes that nobody knows', async () => {
  const { run_secret: secret } = await f.newRun();
  const body = { action_type: 'publish_note', payload: { print: '' }, expected_outcome: 'it is there' };
  const made = (await f.ask({ method: 'POST', path: '/proposals', secret, body })).body;
  const path = `/proposals/${String(made['proposal_id'])}`;
  await f.asOperator('POST', `${path}/decision`, { decision: 'approve', payload_hash: made['payload_hash'] });
  expect((await f.asOperator('GET', `${path}?wait=10s`)).body).toMatchObject({ status: 'unknown' });
  expect(await row('noop')).toMatchObject({ proposals_unknown: 1, proposals_pending: 0 });
  expect(await row('other')).toMatchObject({ proposals_unknown: 0 });
});
