import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { executablesOf } from '../../../src/runner/adapters/executables-of.ts';
import { pathOutside, refuseProgramOfAgent } from '../../../src/runner/adapters/program-of-agent.ts';

let root: string;
let work: string;
let bin: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'governed-program-')));
  [work, bin] = [join(root, 'work'), join(root, 'bin')];
  for (const dir of [work, bin, join(work, 'bin')]) mkdirSync(dir);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function script(path: string, first = '#!/bin/sh'): string {
  writeFileSync(path, `${first}\n`);
  chmodSync(path, 0o755);
  return path;
}

const refuse = (program: string, path = '/usr/bin:/bin', writable = [work]) =>
  refuseProgramOfAgent({ program, executables: executablesOf(program) }, path, writable);

it('a program of the operator is taken, also through links of theirs', () => {
  expect(() => refuse(script(join(bin, 'a')))).not.toThrow();
  symlinkSync(join(bin, 'a'), join(bin, 'b'));
  expect(() => refuse(join(bin, 'b'))).not.toThrow();
});

it.each<[string, () => string]>([
  ['lies there', () => script(join(work, 'a'))],
  [
    'is a link there to one of the operator',
    () => {
      symlinkSync(script(join(bin, 'a')), join(work, 'a'));
      return join(work, 'a');
    },
  ],
  [
    'is a link of the operator that leads there',
    () => {
      symlinkSync(script(join(work, 'a')), join(bin, 'a'));
      return join(bin, 'a');
    },
  ],
  [
    'leads through a link there',
    () => {
      symlinkSync(script(join(bin, 'real')), join(work, 'a'));
      symlinkSync(join(work, 'a'), join(bin, 'a'));
      return join(bin, 'a');
    },
  ],
  ['is started with an interpreter there', () => script(join(bin, 'a'), `#!${script(join(work, 'sh'))}`)],
])('one that %s is refused', (_what, made) => {
  const program = made();
  expect(() => refuse(program)).toThrow(expect.objectContaining({ code: 'program_in_workspace' }));
  // Unconfined nothing is out of an agent's reach.
  expect(() => refuse(program, '/bin', [])).not.toThrow();
});

it('an interpreter is looked for only where no agent may write', () => {
  script(join(work, 'bin', 'node'));
  symlinkSync(join(work, 'bin'), join(root, 'link'));
  const path = [join(work, 'bin'), join(root, 'link'), 'relative', join(process.execPath, '..')].join(
    delimiter,
  );
  expect(pathOutside(path, [work])).toBe(join(process.execPath, '..'));
  expect(() => refuse(script(join(bin, 'a'), '#!/usr/bin/env node'), path)).not.toThrow();
});
