// Eight decisions race for each proposal, over HTTP, half of them to approve: exactly one wins.
import { afterEach, expect, it } from 'vitest';
import { count, Scenario } from './harness.ts';
import { client, registerRun } from './load.ts';

const PROPOSALS = count(40, 500);
let scenario: Scenario;
afterEach(() => scenario.close());

it(`gives each of ${PROPOSALS} proposals exactly one of eight racing decisions`, async () => {
  scenario = await Scenario.create();
  await scenario.serve(['--no-watchdog']);
  const { secret } = await registerRun(scenario);
  const load = client(scenario.port);
  const operator = scenario.token('operator');
  let winners = 0;
  for (let n = 0; n < PROPOSALS; n += 1) {
    const made = await load.post(
      '/proposals',
      { action_type: 'send_email', payload: { n }, expected_outcome: 'x' },
      secret,
    );
    expect(made?.status, made?.text).toBe(201);
    const { proposal_id, payload_hash } = JSON.parse(made?.text ?? '{}') as Record<string, string>;
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, racer) =>
        load.post(
          `/proposals/${proposal_id}/decision`,
          { decision: racer % 2 === 0 ? 'approve' : 'reject', payload_hash },
          operator,
        ),
      ),
    );
    const won = answers.filter((answer) => answer?.status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter((answer) => answer?.status === 409)).toHaveLength(7);
    winners += won.length;
  }
  load.close();
  expect(winners).toBe(PROPOSALS);
  const { body } = await scenario.asOperator('GET', '/audit?event_type=proposal_decided&limit=500');
  expect((body as { items: unknown[] }).items).toHaveLength(Math.min(PROPOSALS, 500));
});
