// Server, watchdog and CLI write the same store at once, under load: the chain verifies and no event loop is held up for long.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { count, Scenario } from './harness.ts';
import { client, registerRun } from './load.ts';
import { verifiedLines } from './record-check.ts';

const SECONDS = count(4, 20);
const LONGEST_ANSWER_MS = 250;
let scenario: Scenario;
afterEach(() => scenario.close());

it('keeps one chain, and answers in time, while three kinds of process write', async () => {
  scenario = await Scenario.create((made) => {
    made.write(
      'agents/noop/agent.toml',
      'adapter = "command"\ncommand = ["node", "agent.mjs"]\nconcurrent = 1000\n',
    );
    const fast = 'repeat = { warn = 2 }';
    made.write(
      'governed.toml',
      made
        .read('governed.toml')
        .replace(/repeat = .*/, fast)
        .replace('concurrent = 4', 'concurrent = 1000'),
    );
  });
  await scenario.serve();
  const load = client(scenario.port);
  const until = Date.now() + SECONDS * 1_000;
  let charges = 0;
  const charging = Array.from({ length: 8 }, async (_, name) => {
    const { secret } = await registerRun(scenario);
    for (let n = 0; Date.now() < until; n += 1) {
      const body = { tokens: 1, usd: 0, tool: 't', idempotency_key: `${name}-${n}` };
      const answer = await load.post('/budget/noop/charge', body, secret);
      if (answer?.status === 200 || answer?.status === 201) charges += 1;
      // The watchdog writes a warning for what repeats.
      if (n % 50 === 0)
        await load.post('/tool-calls', { tool: 'Read', input: { file_path: 'same' } }, secret);
    }
  });
  const pausing = (async () => {
    while (Date.now() < until) {
      await scenario.run(['pause', 'hello', '--reason', 'writers', '--offline']);
      await scenario.run(['resume', 'hello', '--offline']);
    }
  })();
  const waits: number[] = [];
  const probing = (async () => {
    while (Date.now() < until) {
      const started = performance.now();
      await fetch(`http://127.0.0.1:${scenario.port}/health`);
      waits.push(performance.now() - started);
      await sleep(5);
    }
  })();
  await Promise.all([...charging, pausing, probing]);
  load.close();
  const lines = verifiedLines(scenario.stateDir);
  const by = (kind: string): number =>
    lines.filter((line) => line.includes(`"actor":{"kind":"${kind}"`)).length;
  expect(charges).toBeGreaterThan(100);
  expect(by('watchdog')).toBeGreaterThan(0);
  expect(by('operator')).toBeGreaterThan(2);
  const longest = Math.max(...waits);
  console.log(
    `${lines.length} events by three kinds of writer, ${charges} charges; longest answer of /health ${longest.toFixed(0)} ms`,
  );
  if (process.env['GOVERNED_PROVE'] === '1') expect(longest).toBeLessThan(LONGEST_ANSWER_MS);
});
