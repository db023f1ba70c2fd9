import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forgetOldAgents } from '../../../src/cli/exec/forget-agents.ts';
import type { Project } from '../../../src/cli/project.ts';
import { stateLayout } from '../../../src/config/entry.ts';
import { createFixture, type Fixture } from '../../governor/fixture.ts';

let dir: string;
let f: Fixture;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'governed-forget-'));
  f = createFixture();
});
afterEach(() => {
  f.close();
  rmSync(dir, { recursive: true, force: true });
});

/** The later its number, the later it was used. */
function use(id: string, second: number): void {
  const folder = join(dir, 'agents', id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'agent.toml'), '');
  utimesSync(join(folder, 'agent.toml'), second, second);
}

it('keeps the hundred agents that were used last, and those that have a live run', () => {
  const project: Project = { dir, id: 'prj_x', state: { ...stateLayout(f.dir), store: f.store.path } };
  f.newRun('noop');
  use('noop', 1);
  use('own', 2);
  for (let n = 3; n < 120; n += 1) use(`a${n}`, n);
  forgetOldAgents(project, 'own');
  // Some more than that are not worth the trouble.
  expect(readdirSync(join(dir, 'agents'))).toHaveLength(119);
  for (let n = 120; n < 123; n += 1) use(`a${n}`, n);
  forgetOldAgents(project, 'own');
  expect(readdirSync(join(dir, 'agents'))).toHaveLength(100);
  for (const id of ['noop', 'own', 'a122', 'a26'])
    expect([id, existsSync(join(dir, 'agents', id))]).toEqual([id, true]);
  expect(existsSync(join(dir, 'agents', 'a24'))).toBe(false);
});
