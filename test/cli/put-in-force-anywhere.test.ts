// A server that lives and gives no answer may be about to: rules are not put in force behind its back.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Project } from '../../src/cli/project.ts';
import { putInForceAnywhere } from '../../src/cli/rules/put-in-force-anywhere.ts';
import { createKeys, stateLayout } from '../../src/config/entry.ts';
import { readBundle } from '../../src/config/rules-entry.ts';
import { identify } from '../../src/process/entry.ts';
import { writeProject } from '../server/project-fixture.ts';

let root: string;
let project: Project;
let deaf: Server;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'governed-anywhere-'));
  project = { dir: join(root, 'project'), id: 'prj_x', state: stateLayout(join(root, 'state')) };
  writeProject(project.dir);
  deaf = createServer((socket) => socket.destroy());
  await new Promise<void>((listening) => deaf.listen(0, '127.0.0.1', listening));
});
afterEach(() => {
  deaf.close();
  rmSync(root, { recursive: true, force: true });
});

function serverFile(startTicks: number | undefined): void {
  const own = identify(process.pid);
  const address = deaf.address();
  const port = typeof address === 'object' ? address?.port : null;
  const file = { pid: process.pid, start_ticks: startTicks ?? own?.startTicks, boot_id: own?.bootId, port };
  mkdirSync(dirname(project.state.serverFile), { recursive: true });
  writeFileSync(project.state.serverFile, JSON.stringify(file));
  mkdirSync(project.state.keys, { recursive: true, mode: 0o700 });
  createKeys(project.state.keys, randomBytes);
}

it('fails while one lives that does not answer, and touches no store', async () => {
  serverFile(undefined);
  await expect(putInForceAnywhere(project, await readBundle(project.dir))).rejects.toMatchObject({
    code: 'server_unreachable',
  });
  expect(existsSync(project.state.store)).toBe(false);
});

it('puts them in force in the state where the one that wrote the file is gone', async () => {
  serverFile(1);
  rmSync(project.state.keys, { recursive: true });
  await putInForceAnywhere(project, await readBundle(project.dir));
  expect(existsSync(project.state.store)).toBe(true);
});
