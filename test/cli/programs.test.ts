import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lookAtPrograms } from '../../src/cli/doctor/programs.ts';
import { stateLayout } from '../../src/config/entry.ts';
import { PROJECT_ID, type ProjectFixture, startProject } from '../server/project-fixture.ts';

let f: ProjectFixture;
const path = process.env['PATH'];
beforeEach(async () => {
  f = await startProject();
});
afterEach(async () => {
  process.env['PATH'] = path;
  await f.close();
});

async function doctorSays(toml: string): Promise<readonly string[]> {
  const base = `[project]\nid = "${PROJECT_ID}"\n`;
  writeFileSync(join(f.dir, 'governed.toml'), base + toml);
  const changes = await f.asOperator('GET', '/admin/changes');
  const accepted = await f.asOperator('POST', '/admin/accept', { rules_hash: changes.body['edited'] });
  if (accepted.status !== 200) throw new Error(JSON.stringify(changes.body));
  const project = { dir: f.dir, id: PROJECT_ID, state: stateLayout(f.stateDir) };
  return lookAtPrograms(project).map(({ state, detail }) => `${state} ${detail}`);
}

it('says nothing where there are no programs', async () => {
  expect(await doctorSays('')).toEqual([]);
});

it('says which program of the operator can not be started here, and which variables are not set', async () => {
  const bin = join(f.dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'told'), '#!/bin/sh\n');
  chmodSync(join(bin, 'told'), 0o755);
  process.env['PATH'] = bin;
  const toml = `[executors.a]
run = ["${process.execPath}", "actions/publish.mjs"]
[executors.b]
run = ["/nowhere/program"]
[executors.c]
use = "git-push"
remotes = { origin = "/r" }
branches = ["main"]
[executors.d]
use = "http-request"
hosts = ["api.example.com"]
headers = { authorization = { env = "GOVERNED_TEST_NOT_SET" } }
[notify]
run = ["told"]
`;
  expect(await doctorSays(toml)).toEqual([
    'fail [executors.b] starts /nowhere/program, which is not on this machine',
    'fail [executors.c] starts git, which is not on this machine',
    'warn [executors.d] passes on what is not set here: GOVERNED_TEST_NOT_SET',
  ]);
  expect(await doctorSays(toml.replace('["told"]', '["no-such-notifier"]'))).toContain(
    'fail [notify] starts no-such-notifier, which is not on this machine',
  );
  expect(await doctorSays('[notify]\nrun = ["told"]\n')).toEqual(['ok notify']);
});
