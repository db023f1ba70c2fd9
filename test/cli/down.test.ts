// A server that does not end when it is told to.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stateLayout } from '../../src/config/entry.ts';
import { identify } from '../../src/process/entry.ts';
import { newPlace, type Place } from './binary.ts';

let place: Place;
let deaf: ChildProcess | undefined;
beforeEach(() => {
  place = newPlace();
});
afterEach(() => {
  deaf?.kill('SIGKILL');
  place.remove();
});

const DEAF =
  'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1_000); console.log("deaf")';

it('leaves no file behind that looks as if the server had died by itself', async () => {
  const made = JSON.parse((await place.run(['init', place.dir, '--json'])).out) as { state_dir: string };
  const { serverFile } = stateLayout(made.state_dir);
  const child = spawn(process.execPath, ['-e', DEAF], { stdio: ['ignore', 'pipe', 'inherit'] });
  deaf = child;
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  const id = identify(child.pid ?? 0);
  if (id === undefined) throw new Error('it is not there');
  const written = { pid: id.pid, start_ticks: id.startTicks, boot_id: id.bootId, port: 1 };
  writeFileSync(serverFile, JSON.stringify(written));
  const said = await place.run(['down', '--json']);
  expect(JSON.parse(said.out)).toMatchObject({ server: 'killed' });
  expect(existsSync(serverFile)).toBe(false);
  expect(await ended).toEqual([null, 'SIGKILL']);
}, 30_000);
