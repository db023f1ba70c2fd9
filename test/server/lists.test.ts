// Lists that are read again and again stay small, and hide nothing that lives or waits.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProjectFixture, startProject } from './project-fixture.ts';

let f: ProjectFixture;
beforeAll(async () => {
  f = await startProject();
});
afterAll(() => f.close());

type Items = readonly Readonly<Record<string, unknown>>[];

async function items(path: string): Promise<Items> {
  const { status, body } = await f.ask({ path, secret: f.token('viewer') });
  expect(status).toBe(200);
  return body['items'] as Items;
}

it('leaves long payloads out of a list that asks for short ones, and nothing else of the proposal', async () => {
  const { run_secret: secret } = await f.newRun();
  for (const payload of [{ text: 'x'.repeat(20_000) }, { text: 'short' }]) {
    const body = { action_type: 'send_email', payload, expected_outcome: 'x' };
    await f.ask({ method: 'POST', path: '/proposals', secret, asAgent: true, body });
  }
  const whole = await items('/proposals?status=pending');
  const short = await items('/proposals?status=pending&payloads=short');
  expect(short[1]).toEqual(whole[1]);
  expect(short[0]).toEqual({
    ...whole[0],
    payload: null,
    payload_left_out: true,
    payload_bytes: 20_011,
  });
  const refused = await f.ask({ path: '/proposals?payloads=none', secret: f.token('viewer') });
  expect(refused.status).toBe(400);
});

it('lists the runs that live apart from those that ended', async () => {
  const { run_id: ended, run_secret: secret } = await f.newRun();
  const { run_id: live } = await f.newRun();
  const end = { status: 'succeeded', reason: 'done', exit_code: 0 };
  await f.ask({ method: 'POST', path: `/runs/${ended}/end`, secret, body: end });
  const ids = async (query: string): Promise<unknown[]> =>
    (await items(`/runs${query}`)).map(({ run_id: id }) => id);
  expect(await ids('?live=true')).toContain(live);
  expect(await ids('?live=true')).not.toContain(ended);
  expect(await ids('?live=false')).toEqual([ended]);
  expect(await ids('')).toEqual(expect.arrayContaining([live, ended]));
});
