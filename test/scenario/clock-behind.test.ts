// The machine's clock was ahead and was put right: governed time stands still until it has caught up, and everybody who looks is told so.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGovernor } from '../../src/governor/governor.ts';
import { openStore } from '../../src/store/open.ts';
import { openDashboard } from '../browser/page.ts';
import { Scenario } from './harness.ts';

const AHEAD_MS = 3 * 3_600_000;
const BEHIND = /the clock of this machine is behind the record.*nothing expires/;

let scenario: Scenario;
beforeEach(async () => {
  scenario = await Scenario.create();
});
afterEach(() => scenario.close());

/** An event, written when the clock was ahead. */
function writeAhead(): void {
  const store = openStore(join(scenario.stateDir, 'governed.db'), { mode: 'write', busyMs: 2_000 });
  const governor = createGovernor({
    store,
    clock: () => Date.now() + AHEAD_MS,
    random: randomBytes,
    rulesOf: () => {
      throw new Error('no rules are needed to write an event');
    },
  });
  governor.commitNow((tx) =>
    tx.emit({ eventType: 'operator_session', actor: { kind: 'operator', id: null }, payload: {} }),
  );
  store.close();
}

it('is said by status, brief and doctor without a server, by serve in its log, and by the dashboard', async () => {
  expect((await scenario.run(['status'])).stdout).not.toMatch(BEHIND);
  writeAhead();
  expect((await scenario.run(['status'])).stdout).toMatch(BEHIND);
  const brief = await scenario.run(['brief']);
  expect(brief.stderr).toMatch(BEHIND);
  const data = JSON.parse((await scenario.run(['brief', '--json'])).stdout) as { warnings: string[] };
  expect(data.warnings).toEqual([expect.stringMatching(BEHIND)]);
  expect((await scenario.run(['doctor'])).stdout).toMatch(/clock .*behind the newest event/);

  const server = await scenario.serve();
  expect(server.output()).toMatch(BEHIND);
  expect((await scenario.asOperator('GET', '/status')).body['warnings']).toEqual([
    expect.stringMatching(BEHIND),
  ]);
  const dashboard = await openDashboard(scenario);
  await dashboard.page.getByText(BEHIND).waitFor();
  await dashboard.close();
});
