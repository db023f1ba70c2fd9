// The store or its mirror is damaged: every command says what was found and what to do, nothing is overwritten, and stopping real
// processes works all the same.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startFamily, watchdogLives, writeFamily } from './family.ts';
import { count, Scenario } from './harness.ts';
import { registerRun } from './load.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let scenario: Scenario;

function edit(made: Scenario): void {
  for (const name of ['one', 'two']) writeFamily(made, name);
}

const STORE_DAMAGE: readonly (readonly [what: string, damage: (path: string) => void])[] = [
  ['has lost its first page', (path) => overwrite(path, 0, 4_096)],
  ['has lost pages in the middle', (path) => overwrite(path, 4_096 * 2, 4_096 * 40)],
  ['was cut off', (path) => truncateSync(path, 10_000)],
  [
    'is no store at all',
    (path) => writeFileSync(path, 'not a database, but long enough to be read as one\n'.repeat(200)),
  ],
];

function overwrite(path: string, from: number, length: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, from, from + length);
  writeFileSync(path, bytes);
}

function digest(name: string): string | null {
  const path = join(scenario.stateDir, name);
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : null;
}

const KEPT = ['governed.db', 'audit.jsonl'];
/** The commands that read or write the state. */
const COMMANDS: readonly (readonly string[])[] = [
  ['serve', '--no-open'],
  ['status'],
  ['scoreboard'],
  ['runs'],
  ['proposals'],
  ['budget', 'noop'],
  ['audit', 'list'],
  ['audit', 'verify'],
  ['audit', 'head'],
  ['accept', '--yes'],
];

describe.each(STORE_DAMAGE.slice(0, count(2, 4)))('a store that %s', (_, damage) => {
  beforeEach(async () => {
    scenario = await Scenario.create(edit);
    await scenario.serve();
    await registerRun(scenario);
  });
  afterEach(() => scenario.close());

  it('is named by every command with what to do, and never overwritten', async () => {
    expect((await scenario.run(['down'])).code).toBe(0);
    scenario.write('agents/one/AGENTS.md', 'An edit, so that there is something to accept.\n');
    damage(join(scenario.stateDir, 'governed.db'));
    const before = KEPT.map(digest);
    for (const command of COMMANDS) {
      const { code, stdout, stderr } = await scenario.run(command);
      const said = `${command.join(' ')}: exit ${code}\n${stdout}${stderr}`;
      expect([1, 2, 8], said).toContain(code);
      expect(stderr + stdout, said).toMatch(/governed\.db/);
      expect(stderr + stdout, said).toMatch(/hint|restore|backup|what to do/i);
      expect(stderr + stdout, said).not.toMatch(/\n\s+at .*\(/);
      expect(KEPT.map(digest), said).toEqual(before);
    }
  });

  it('keeps nobody from stopping what runs', async () => {
    await watchdogLives(scenario);
    const one = await startFamily(scenario, 'one');
    const two = await startFamily(scenario, 'two');
    await one.runs();
    damage(join(scenario.stateDir, 'governed.db'));
    expect((await scenario.run(['pause', one.runId])).code).toBe(0);
    await one.stands();
    expect((await scenario.run(['kill', 'two'])).code).toBe(0);
    await two.gone();
    expect((await scenario.run(['kill-switch', 'on'])).code).toBe(0);
    await one.gone();
  });
});

describe('a mirror that differs from the store', () => {
  beforeEach(async () => {
    scenario = await Scenario.create(edit);
    await scenario.serve();
    await registerRun(scenario);
    await scenario.run(['down']);
  });
  afterEach(() => scenario.close());

  it.each([
    ['in one byte', (text: string) => text.replace('run_started', 'run_stbrted')],
    ['by a line that is missing', (text: string) => text.split('\n').slice(1).join('\n')],
    ['by bytes that are no text', () => Buffer.alloc(5_000, 0xff).toString('latin1')],
  ])('%s is named by serve and verify with what to do, and left as it is', async (_, change) => {
    const path = join(scenario.stateDir, 'audit.jsonl');
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    const before = KEPT.map(digest);
    const served = await scenario.run(['serve', '--no-open']);
    expect(served.code).toBe(1);
    expect(served.stderr).toMatch(/audit\.jsonl differs/);
    expect(served.stderr).toMatch(/hint/);
    const verified = await scenario.run(['audit', 'verify']);
    expect(verified.code).toBe(8);
    expect(verified.stdout + verified.stderr).toMatch(/event \d+|line \d+/);
    expect(KEPT.map(digest)).toEqual(before);
    expect((await scenario.run(['kill-switch', 'on'])).code).toBe(0);
  });
});
