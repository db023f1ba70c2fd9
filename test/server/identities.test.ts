import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Route } from '../../src/server/route.ts';
import { findEvents, readTip } from '../../src/store/read/events.ts';
import { type AppFixture, createAppFixture, PORT } from './app-fixture.ts';

let f: AppFixture;
beforeEach(async () => {
  f = await createAppFixture();
});
afterEach(() => f.close());

interface Caller {
  readonly name: string;
  /** As it stands in a route's `who`; null for nobody. */
  readonly kind: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

function callers(): Caller[] {
  const bearer = (secret: string, more = {}): Readonly<Record<string, string>> => ({
    authorization: `Bearer ${secret}`,
    ...more,
  });
  const live = f.newRun();
  const ended = f.endedRun();
  const session = f.session();
  return [
    { name: 'nobody', kind: null, headers: {} },
    { name: 'a made-up token', kind: null, headers: bearer('gop_made-up') },
    { name: 'a made-up run secret', kind: null, headers: bearer('grs_made-up') },
    { name: 'basic credentials', kind: null, headers: { authorization: 'Basic b3A6b3A=' } },
    {
      name: 'the operator token as a cookie',
      kind: null,
      headers: { cookie: `governed_session_${PORT}=${f.token('operator')}` },
    },
    { name: 'a session cookie without its secret', kind: null, headers: { cookie: session.cookie } },
    {
      name: 'a session secret without its cookie',
      kind: null,
      headers: { 'x-governed-session': session.secret },
    },
    {
      name: 'a cookie of another port',
      kind: null,
      headers: { cookie: session.cookie.replace(String(PORT), '9999'), 'x-governed-session': session.secret },
    },
    {
      name: 'the secret of another session',
      kind: null,
      headers: { cookie: session.cookie, 'x-governed-session': f.session().secret },
    },
    { name: 'a run that ended', kind: null, headers: bearer(ended.secret) },
    {
      name: 'an agent whose run ended',
      kind: null,
      headers: bearer(ended.secret, { 'x-governed-as': 'agent' }),
    },
    {
      name: 'a run that calls itself the operator',
      kind: null,
      headers: bearer(live.secret, { 'x-governed-as': 'operator' }),
    },
    { name: 'a run', kind: 'run', headers: bearer(live.secret) },
    { name: 'an agent', kind: 'agent', headers: bearer(live.secret, { 'x-governed-as': 'agent' }) },
    { name: 'the runner', kind: 'runner', headers: bearer(f.token('runner')) },
    { name: 'the viewer', kind: 'viewer', headers: bearer(f.token('viewer')) },
    { name: 'the brake', kind: 'brake', headers: bearer(f.token('brake')) },
    {
      name: 'the viewer as an agent',
      kind: 'viewer',
      headers: bearer(f.token('viewer'), { 'x-governed-as': 'agent' }),
    },
  ];
}

const pathOf = (route: Route): string => route.path.replaceAll(':id', 'prp_00000000000000000000000000');
const flags = (): number =>
  findEvents(f.context.store, { eventType: 'audit_flag_forged_decision', limit: 5_000 }).length;

it('refuses every route to everyone who is not listed, before it reads a body, and flags those that decide', async () => {
  let asked = 0;
  for (const caller of callers()) {
    for (const route of f.routes.filter((each) => !each.who.includes('public'))) {
      if (caller.kind !== null && (route.who as readonly string[]).includes(caller.kind)) continue;
      const before = { seq: readTip(f.context.store).seq, flags: flags() };
      const body = route.takesBody ? '{"not":"read"' : undefined;
      const answer = await f.send(route.method, pathOf(route), caller.headers, body);
      const about = `${caller.name}: ${route.method} ${route.path}`;
      const problem = (await answer.json()) as { status: number; code: string; detail: string };
      expect(answer.status, about).toBe(caller.kind === null ? 401 : 403);
      expect(answer.headers.get('content-type'), about).toBe('application/problem+json');
      expect(problem.status, about).toBe(answer.status);
      expect(flags() - before.flags, about).toBe(route.decides ? 1 : 0);
      expect(readTip(f.context.store).seq - before.seq, about).toBe(route.decides ? 1 : 0);
      asked += 1;
    }
  }
  expect(asked).toBeGreaterThan(500);
  expect(f.bugs).toEqual([]);
});

it('lets the operator through with the token, and with a whole session from the dashboard itself', async () => {
  const session = f.session();
  const whole = { cookie: session.cookie, 'x-governed-session': session.secret };
  const page = { ...whole, 'sec-fetch-site': 'same-origin', origin: `http://localhost:${PORT}` };
  expect((await f.send('GET', '/status', { authorization: `Bearer ${f.token('operator')}` })).status).toBe(
    200,
  );
  expect((await f.send('GET', '/status', whole)).status).toBe(200);
  expect((await f.send('POST', '/admin/pause-all', page, '{}')).status).toBe(200);
  for (const site of [undefined, 'none', 'same-site', 'cross-site']) {
    const headers = { ...page, 'sec-fetch-site': site ?? '' };
    const { 'sec-fetch-site': _, ...without } = headers;
    const answer = await f.send('POST', '/admin/pause-all', site === undefined ? without : headers, '{}');
    expect(answer.status, String(site)).toBe(403);
  }
});

it('lets every listed identity past the door of its routes', async () => {
  for (const caller of callers().filter((each) => each.kind !== null)) {
    for (const route of f.routes) {
      if (!(route.who as readonly string[]).includes(caller.kind ?? '')) continue;
      if (route.path === '/events' || route.path.endsWith('/control')) continue;
      const answer = await f.send(
        route.method,
        pathOf(route),
        caller.headers,
        route.takesBody ? '{}' : undefined,
      );
      const problem = answer.status === 403 ? ((await answer.json()) as { code: string }) : { code: 'fine' };
      expect([answer.status === 401, problem.code === 'forbidden'], `${caller.name}: ${route.path}`).toEqual([
        false,
        false,
      ]);
    }
  }
  expect(f.bugs).toEqual([]);
});

it('keeps a run to its own things', async () => {
  const [mine, other] = [f.newRun(), f.newRun()];
  const headers = { authorization: `Bearer ${mine.secret}` };
  const body = JSON.stringify({ action_type: 'send_email', payload: {}, expected_outcome: 'x' });
  const made = await f.send('POST', '/proposals', { authorization: `Bearer ${other.secret}` }, body);
  const { proposal_id: id } = (await made.json()) as { proposal_id: string };
  expect((await f.send('GET', `/proposals/${id}`, headers)).status).toBe(404);
  expect((await f.send('GET', `/proposals/${id.slice(0, 12)}`, headers)).status).toBe(404);
  expect((await f.send('POST', `/proposals/${id}/outcome`, headers, '{"outcome":"executed"}')).status).toBe(
    404,
  );
  expect(await (await f.send('GET', '/proposals', headers)).json()).toMatchObject({ items: [] });
  for (const path of ['heartbeat', 'end', 'spawned']) {
    const bodies = {
      heartbeat: {},
      end: { status: 'failed', reason: 'x' },
      spawned: { tree: { root: { pid: 2, start_ticks: 1, boot_id: 'b' }, marker: 'A=b' } },
    };
    const answer = await f.send(
      'POST',
      `/runs/${other.runId}/${path}`,
      headers,
      JSON.stringify(bodies[path as 'end']),
    );
    expect(await answer.json(), path).toMatchObject({ status: 403, code: 'not_yours' });
  }
  expect((await f.send('GET', `/runs/${other.runId}/control`, headers)).status).toBe(403);
  expect((await f.send('GET', '/budget/publisher', headers)).status).toBe(403);
});

it('names the actor, the route and a bounded claimed id in the flag', async () => {
  const run = f.newRun();
  const id = `prp_${'9'.repeat(3_000)}`;
  const headers = { authorization: `Bearer ${run.secret}`, 'x-governed-as': 'agent' };
  await f.send('POST', `/proposals/${id}/decision`, headers, '{}');
  const [row] = findEvents(f.context.store, { eventType: 'audit_flag_forged_decision', limit: 1 });
  expect(JSON.parse(row?.event ?? '')).toMatchObject({
    actor: { kind: 'agent', id: 'noop' },
    run_id: run.runId,
    agent_id: 'noop',
  });
  const payload = JSON.parse(row?.payload ?? '') as { claimed_id: string };
  expect(payload).toMatchObject({ route: 'POST /proposals/:id/decision', credentials: 'agent' });
  expect(payload.claimed_id).toHaveLength(100);
});
