// The server is killed with SIGKILL while it tells a person of what is held. What it acknowledged is told after all, and told again only
// where a kill came in between.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { count, eventually, Scenario } from './harness.ts';
import { seeded } from './load.ts';

const ROUNDS = count(3, 100);
/** Each round is a start of the server. */
const LIMIT_MS = count(90_000, 1_800_000);
const AT_ONCE = 4;

let scenario: Scenario;
afterEach(() => scenario.close());

const NOTIFIER = `#!/bin/sh
sed -n 's/.*"proposal_id":"\\([a-z0-9_]*\\)".*/\\1/p' >> "$GOVERNED_PROJECT_DIR/told.log"
sleep 0.02
`;

it(
  `tells what is held at least once, and again only around a kill, in ${ROUNDS} kills`,
  async () => {
    scenario = await Scenario.create((made) => {
      made.write('actions/told.sh', NOTIFIER);
      made.write(
        'governed.toml',
        `${made.read('governed.toml')}\n[notify]\nrun = ["sh", "actions/told.sh"]\n`,
      );
    });
    const told = (): string[] => {
      const path = join(scenario.dir, 'told.log');
      return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
    };
    const random = seeded(20);
    const made: string[] = [];
    let server = await scenario.serve(['--no-watchdog']);
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = Array.from({ length: AT_ONCE }, async (_, n) => {
        const body = { action_type: 'send_email', payload: { round, n }, expected_outcome: 'x' };
        try {
          const { status, body: answer } = await scenario.asOperator('POST', '/proposals', body);
          if (status === 201) made.push(String(answer['proposal_id']));
        } catch {
          // The server was killed before it answered.
        }
      });
      await Promise.race(answers);
      await sleep(random() * 250);
      server.child.kill('SIGKILL');
      await Promise.all([server.finished, ...answers]);
      server = await scenario.serve(['--no-watchdog']);
    }
    const untold = (): string[] => made.filter((id) => !told().includes(id));
    await eventually(
      () => (untold().length === 0 ? true : null),
      `what was held to be told, of ${made.length}`,
      60_000,
    );
    await sleep(300);
    const all = told();
    const again = all.length - new Set(all).size;
    expect(made.length).toBeGreaterThan(0);
    expect(again).toBeLessThanOrEqual(ROUNDS);
    console.log(`${ROUNDS} kills: ${made.length} held acknowledged, 0 not told, ${again} told again`);
  },
  LIMIT_MS,
);
