// The server is killed with SIGKILL at random points under load: what it acknowledged is there, the chain verifies, and after the next
// boot the mirror equals the table.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { count, eventually, Scenario } from './harness.ts';
import { client, registerRun, seeded } from './load.ts';
import { mirrorLines, verifiedLines, withStore } from './record-check.ts';

const ROUNDS = count(4, 200);
const CLIENTS = 16;

let scenario: Scenario;
afterEach(() => scenario.close());

it(`loses no acknowledged write in ${ROUNDS} kills at random points`, async () => {
  scenario = await Scenario.create((made) => {
    made.write(
      'agents/noop/agent.toml',
      'adapter = "command"\ncommand = ["node", "agent.mjs"]\nconcurrent = 1000\n',
    );
    made.write('governed.toml', made.read('governed.toml').replace('concurrent = 4', 'concurrent = 1000'));
  });
  const random = seeded(20_261_120);
  const acknowledged = { charges: new Set<string>(), proposals: new Set<string>() };
  for (let round = 0; round < ROUNDS; round += 1) {
    const server = await scenario.serve(['--no-watchdog']);
    const { secret } = await registerRun(scenario);
    const load = client(scenario.port);
    let killed = false;
    const clients = Array.from({ length: CLIENTS }, async (_, name) => {
      for (let n = 0; !killed; n += 1) {
        const key = `${round}-${name}-${n}`;
        const proposing = name === 0 && n % 4 === 0 && n < 100;
        const answer = proposing
          ? await load.post(
              '/proposals',
              { action_type: 'research_only', payload: { key }, expected_outcome: 'x' },
              secret,
            )
          : await load.post(
              '/budget/noop/charge',
              { tokens: 1, usd: 0.000001, tool: 't', idempotency_key: key },
              secret,
            );
        if (answer?.status === 201 && proposing) {
          acknowledged.proposals.add(
            String((JSON.parse(answer.text) as { proposal_id: string }).proposal_id),
          );
        } else if (answer !== null && answer.status < 300) acknowledged.charges.add(key);
      }
    });
    await sleep(20 + random() * 250);
    server.child.kill('SIGKILL');
    killed = true;
    await Promise.all([server.finished, ...clients]);
    load.close();
    verifiedLines(scenario.stateDir);
  }
  const stored = withStore(scenario.stateDir, (store) => ({
    charges: store.statement('SELECT idempotency_key AS id FROM charges').all() as { id: string }[],
    proposals: store.statement('SELECT id FROM proposals').all() as { id: string }[],
  }));
  const lost = {
    charges: missing(acknowledged.charges, stored.charges),
    proposals: missing(acknowledged.proposals, stored.proposals),
  };
  expect(lost).toEqual({ charges: [], proposals: [] });
  expect(acknowledged.charges.size).toBeGreaterThan(ROUNDS * 10);
  await scenario.serve(['--no-watchdog']);
  await eventually(
    () => (mirrorLines(scenario.stateDir).length === verifiedLines(scenario.stateDir).length ? true : null),
    'the mirror',
  );
  expect(mirrorLines(scenario.stateDir)).toEqual(verifiedLines(scenario.stateDir));
  console.log(
    `${ROUNDS} kills: ${acknowledged.charges.size} charges and ${acknowledged.proposals.size} proposals acknowledged, 0 lost`,
  );
});

function missing(wanted: ReadonlySet<string>, found: readonly { readonly id: string }[]): string[] {
  const there = new Set(found.map(({ id }) => id));
  return [...wanted].filter((id) => !there.has(id));
}
