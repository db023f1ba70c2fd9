import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(realpathSync(tmpdir()), 'governed-clone-'));
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

test('the build of a clone without its packages says what to run first', () => {
  cpSync(resolve(import.meta.dirname, '../../scripts'), join(clone, 'scripts'), { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, [join(clone, 'scripts/build.mjs')], {
    encoding: 'utf8',
  });
  expect(stderr).toBe(
    'error: the packages that the build needs are not installed\n  hint: run `npm ci` first, in this folder\n',
  );
  expect(status).toBe(1);
  expect(existsSync(join(clone, 'dist'))).toBe(false);
});
