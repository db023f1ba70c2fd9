// The real server, traced by the kernel, under concurrent load over HTTP: between what an answer stands for and the answer itself, the
// log is synced to disk. The same server built with synchronous=NORMAL is caught by the same check.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { requireStrace } from '../governor/committer-process.ts';
import { readSyncTrace, type SyncTrace } from '../governor/sync-trace.ts';
import { BINARY, count, Scenario } from './harness.ts';
import { client, registerRun } from './load.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

const CALLS = 'write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync';
const WRITES = count(200, 5_000);
const CLIENTS = 8;
/** A 201 is an answer to a charge or a proposal that was committed. */
const CREATED = /"(HTTP\/1\.1 201)/;

const root = resolve(import.meta.dirname, '../..');
const variant = join(root, 'node_modules/.cache', `durable-test-${process.pid}`);

let scenario: Scenario;
afterEach(() => scenario.close());
afterAll(() => rmSync(variant, { recursive: true, force: true }));

async function traceServer(binary: string): Promise<SyncTrace> {
  requireStrace();
  scenario = await Scenario.create();
  const server = scenario.start(['serve', '--no-open', '--no-watchdog'], { binary });
  await server.says(/#code=/);
  const file = join(scenario.root, 'server.trace');
  const args = ['-f', '-y', '-s', '24', '-e', `trace=${CALLS}`, '-o', file, '-p', String(server.child.pid)];
  const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  // It says so once it follows every thread.
  await once(strace.stderr, 'data');
  const { secret } = await registerRun(scenario);
  const load = client(scenario.port);
  let next = 0;
  const clients = Array.from({ length: CLIENTS }, async () => {
    for (let n = next++; n < WRITES; n = next++) {
      const charge = { tokens: 1, usd: 0, tool: 't', idempotency_key: `key-${n}` };
      const proposal = { action_type: 'send_email', payload: { n }, expected_outcome: 'sent' };
      const answer =
        n % 20 === 0 && n < 400
          ? await load.post('/proposals', proposal, secret)
          : await load.post('/budget/noop/charge', charge, secret);
      expect(answer?.status, answer?.text).toBe(201);
    }
  });
  await Promise.all(clients);
  load.close();
  strace.kill('SIGINT');
  await once(strace, 'exit');
  return readSyncTrace(readFileSync(file, 'utf8'), CREATED);
}

it('answers no request before the log that holds it is synced', async () => {
  const seen = await traceServer(BINARY);
  expect(seen.early).toEqual([]);
  expect(seen.acknowledged).toBeGreaterThanOrEqual(WRITES);
  expect(seen.syncs).toBeGreaterThan(WRITES / CLIENTS / 2);
  console.log(
    `${seen.acknowledged} answers, ${seen.syncs} syncs of the log, ${seen.early.length} answers before the sync`,
  );
});

it('is caught answering too early when it is built with synchronous=NORMAL', async () => {
  const seen = await traceServer(await buildCareless());
  expect(seen.acknowledged).toBeGreaterThanOrEqual(WRITES);
  expect(seen.early.length).toBeGreaterThan(WRITES / 2);
});

/** The binary with the one control taken out, and the assertion that guards it. */
async function buildCareless(): Promise<string> {
  const careless: Plugin = {
    name: 'careless',
    setup(builder) {
      builder.onLoad({ filter: /src\/store\/open\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        const contents = text
          .replace('synchronous = FULL', 'synchronous = NORMAL')
          .replace('const FULL = 2;', 'const FULL = 1;');
        if (!contents.includes('NORMAL') || contents.includes('const FULL = 2')) {
          throw new Error('the control to take out is not where it was');
        }
        return { contents, loader: 'ts' };
      });
    },
  };
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'src/cli/main.ts' },
    outdir: join(variant, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
    plugins: [careless],
  });
  mkdirSync(join(variant, 'dist'), { recursive: true });
  for (const name of ['agents', 'templates', 'package.json'])
    symlinkSync(join(root, name), join(variant, name));
  symlinkSync(join(root, 'dist/dashboard'), join(variant, 'dist/dashboard'));
  return join(variant, 'dist/main.js');
}
