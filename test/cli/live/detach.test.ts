import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { detach } from '../../../src/cli/live/detach.ts';
import { outputFor } from '../../../src/cli/output.ts';
import { stateLayout } from '../../../src/config/entry.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'governed-detach-'));
});
afterEach(() => rmSync(root, { recursive: true }));

it('says what to look at where no process can be started, since its folder is gone', async () => {
  const project = { id: 'prj_1', dir: join(root, 'gone'), state: stateLayout(root) };
  const launch = { agentId: 'noop', task: undefined, group: undefined, capMicroUsd: null };
  await expect(detach(project, outputFor({}), launch, { noWatchdog: false })).rejects.toMatchObject({
    code: 'detach_failed',
    message: expect.stringMatching(/^no process could be started for it: spawn .*ENOENT/),
  });
  expect(readdirSync(root)).toEqual([]);
});
