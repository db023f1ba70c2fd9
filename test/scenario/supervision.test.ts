// Server, runner and watchdog are killed or stopped, each and in every combination, while an agent runs with a child of its own session.
// Within the published time nothing of the agent runs that nobody watches; where all three are gone, what is true is shown instead.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { beatOwner, type Family, startFamily, watchdogLives, writeFamily } from './family.ts';
import { eventually, Scenario } from './harness.ts';
import { withStore } from './record-check.ts';
import { startSilentProvider } from './silent-provider.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** SECURITY.md, "Supervision times": a missing heartbeat counts after a second, and is looked for four times a second. */
const PUBLISHED_MS = 1_500;
const PROVING = process.env['GOVERNED_PROVE'] === '1';

type Part = 'server' | 'runner' | 'watchdog';

let scenario: Scenario;
let frozen: number[] = [];
afterEach(async () => {
  for (const pid of frozen) signal(pid, 'SIGCONT');
  frozen = [];
  await scenario.close();
});

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // Ended meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function begin(): Promise<{ readonly family: Family; readonly pidOf: Record<Part, number> }> {
  scenario = await Scenario.create((made) => writeFamily(made));
  const server = await scenario.serve();
  await watchdogLives(scenario);
  const family = await startFamily(scenario);
  await family.runs();
  const pidOf = {
    server: server.child.pid ?? 0,
    runner: family.runner.child.pid ?? 0,
    watchdog: beatOwner(scenario, 'watchdog.beat'),
  };
  return { family, pidOf };
}

function strike(name: 'SIGKILL' | 'SIGSTOP', parts: readonly Part[], pidOf: Record<Part, number>): void {
  if (name === 'SIGSTOP') frozen = parts.map((part) => pidOf[part]);
  for (const part of parts) signal(pidOf[part], name);
}

function runRow(runId: string): { readonly status: string; readonly end_reason: string | null } {
  return withStore(
    scenario.stateDir,
    (store) =>
      store.statement('SELECT status, end_reason FROM runs WHERE id = ?').get(runId) as ReturnType<
        typeof runRow
      >,
  );
}

function untilStatus(runId: string, status: string): Promise<true> {
  return eventually(() => (runRow(runId).status === status ? true : null), `the run to be ${status}`);
}

function tell(what: string, ms: number): void {
  console.log(`${what}: ${Math.round(ms)} ms (published: ${PUBLISHED_MS} ms)`);
  if (PROVING) expect(ms).toBeLessThan(PUBLISHED_MS);
}

describe('killed', () => {
  it('the server: the run goes on under the watchdog, and is stopped without the server', async () => {
    const { family, pidOf } = await begin();
    strike('SIGKILL', ['server'], pidOf);
    await family.runs();
    expect((await scenario.run(['pause', family.runId, '--reason', 'no server'])).code).toBe(0);
    await family.stands();
    expect((await scenario.run(['kill', family.runId])).code).toBe(0);
    await family.gone();
  });

  it('the runner: its tree is ended, the run is lost', async () => {
    const { family, pidOf } = await begin();
    strike('SIGKILL', ['runner'], pidOf);
    tell('runner killed, tree gone', await family.gone());
    await untilStatus(family.runId, 'lost');
  });

  it('the watchdog: the server starts another one, and the run goes on under it', async () => {
    const { family, pidOf } = await begin();
    strike('SIGKILL', ['watchdog'], pidOf);
    await eventually(
      () => (beatOwner(scenario, 'watchdog.beat') === pidOf.watchdog ? null : true),
      'another watchdog',
    );
    await family.runs();
    expect(runRow(family.runId).status).toBe('running');
  });

  it('server and runner: the watchdog ends the tree by itself', async () => {
    const { family, pidOf } = await begin();
    strike('SIGKILL', ['server', 'runner'], pidOf);
    tell('server and runner killed, tree gone', await family.gone());
    await untilStatus(family.runId, 'lost');
  });

  it('server and watchdog: the runner freezes its tree, and the return of a watchdog lifts that', async () => {
    const { family, pidOf } = await begin();
    strike('SIGKILL', ['server', 'watchdog'], pidOf);
    tell('server and watchdog killed, tree frozen', await family.stands());
    await scenario.serve();
    await family.runs();
    await untilStatus(family.runId, 'running');
  });

  it('runner and watchdog: the watchdog that the server starts ends the tree', async () => {
    const { family, pidOf } = await begin();
    strike('SIGKILL', ['runner', 'watchdog'], pidOf);
    await family.gone();
    await untilStatus(family.runId, 'lost');
  });

  it('all three: nothing of ours is left to stop the agent, and the next watchdog ends it', async () => {
    const { family, pidOf } = await begin();
    strike('SIGKILL', ['server', 'runner', 'watchdog'], pidOf);
    await family.runs();
    await scenario.serve();
    await family.gone();
    await untilStatus(family.runId, 'lost');
  });
});

async function freezesUntilTheyGoOn(parts: Part[]): Promise<void> {
  const { family, pidOf } = await begin();
  strike('SIGSTOP', parts, pidOf);
  tell(`${parts.join(' and ')} stopped, tree frozen`, await family.stands());
  for (const pid of frozen) signal(pid, 'SIGCONT');
  await family.runs();
}

describe('stopped', () => {
  it.each([[['watchdog']], [['server', 'watchdog']]] as [Part[]][])(
    '%s: the runner freezes its tree until the watchdog goes on',
    freezesUntilTheyGoOn,
  );

  it.each([[['runner']], [['server', 'runner']]] as [Part[]][])(
    '%s: the watchdog freezes the tree until the runner goes on',
    freezesUntilTheyGoOn,
  );

  it('the server alone: the run goes on under the watchdog, and is stopped without the server', async () => {
    const { family, pidOf } = await begin();
    strike('SIGSTOP', ['server'], pidOf);
    await family.runs();
    expect((await scenario.run(['kill', family.runId])).code).toBe(0);
    await family.gone();
  });

  it.each([[['runner', 'watchdog']], [['server', 'runner', 'watchdog']]] as [Part[]][])(
    '%s: nobody is left to act, and a second watchdog takes the place of the first',
    async (parts) => {
      const { family, pidOf } = await begin();
      strike('SIGSTOP', parts, pidOf);
      await family.runs();
      // Until its heartbeat is stale, the first one counts as alive.
      await sleep(1_200);
      scenario.start(['watchdog']);
      await family.stands();
      for (const pid of frozen) signal(pid, 'SIGCONT');
      await family.runs();
    },
  );
});

it('books what a killed runner had reserved, whole', async () => {
  const provider = await startSilentProvider();
  scenario = await Scenario.create((made) => {
    writeFamily(made);
    const price = '[prices."test-model"]\ninput_usd_per_mtok = 1\noutput_usd_per_mtok = 10\n';
    made.write(
      'governed.toml',
      `${made.read('governed.toml').replace('https://api.anthropic.com', provider.url)}\n${price}`,
    );
  });
  await scenario.serve();
  await watchdogLives(scenario);
  const family = await startFamily(scenario);
  const body = JSON.stringify({
    model: 'test-model',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'hello' }],
  });
  const headers = { 'content-type': 'application/json' };
  const call = fetch(`${family.gateway}/anthropic/v1/messages`, { method: 'POST', headers, body }).catch(
    () => null,
  );
  await provider.called;
  const open = money(family.runId);
  expect(open.reserved).toBeGreaterThan(0);
  expect(open.posted).toBe(0);
  signal(family.runner.child.pid ?? 0, 'SIGKILL');
  await family.gone();
  await untilStatus(family.runId, 'lost');
  expect(money(family.runId)).toEqual({ reserved: 0, posted: open.reserved });
  await call;
  provider.close();
});

function money(runId: string): { readonly reserved: number; readonly posted: number } {
  return withStore(
    scenario.stateDir,
    (store) =>
      store
        .statement('SELECT reserved_usd AS reserved, posted_usd AS posted FROM balances WHERE scope = ?')
        .get(`run:${runId}`) as ReturnType<typeof money>,
  );
}
