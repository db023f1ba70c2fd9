import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nextSteps } from '../../../src/cli/demo/next-steps.ts';

const OWN = { folder: '/home/me/governed agents', file: '/home/me/governed agents/dist/main.js' };

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'governed-path-'));
});
afterEach(() => rmSync(bin, { recursive: true, force: true }));

test('before what is to be typed it says how to get it, where no shell would find it', () => {
  const [install, instead, ...steps] = nextSteps(`/nowhere:${bin}`, OWN);
  expect(install).toContain("npm install -g '/home/me/governed agents'");
  expect(instead).toContain("node '/home/me/governed agents/dist/main.js'");
  expect(steps).toHaveLength(3);
  writeFileSync(join(bin, 'governed-agents'), '#!/bin/sh\n', { mode: 0o755 });
  expect(nextSteps(`/nowhere:${bin}`, OWN)).toEqual(steps);
});

test('what is on the path and is no program does not count', () => {
  writeFileSync(join(bin, 'governed-agents'), '', { mode: 0o644 });
  expect(nextSteps(bin, OWN)[0]).toContain('npm install -g');
  expect(nextSteps(undefined, OWN)[0]).toContain('npm install -g');
});
