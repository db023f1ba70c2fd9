// Server, watchdog and CLI write the same store at once, under load: the chain verifies and no event loop is held up for long.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { createGovernor } from '../../src/governor/governor.ts';
import { pauseAgent } from '../../src/governor/stop/pause-agent.ts';
import { resumeAgent } from '../../src/governor/stop/resume-agent.ts';
import { openStore } from '../../src/store/open.ts';
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
  const pausing = writeAsTheCommandLine(scenario, until);
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

/** What `pause` and `resume` do while the server does not answer: this process, the governor, the same store. */
async function writeAsTheCommandLine(made: Scenario, until: number): Promise<void> {
  const store = openStore(join(made.stateDir, 'governed.db'), { mode: 'write', busyMs: 2_000 });
  const rulesOf = (): never => {
    throw new Error('stopping needs no rules');
  };
  const governor = createGovernor({ store, clock: Date.now, random: randomBytes, rulesOf });
  const actor = { kind: 'operator', id: null } as const;
  while (Date.now() < until) {
    governor.commitNow((tx) =>
      pauseAgent(tx, { agentId: 'hello', reason: 'writers', source: 'operator', actor }),
    );
    governor.commitNow((tx) => resumeAgent(tx, { agentId: 'hello', actor }));
    await sleep(5);
  }
  store.close();
}
