import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newPlace, type Place } from './binary.ts';

let place: Place;
beforeEach(() => {
  place = newPlace();
});
afterEach(() => place.remove());

test('makes a project whose rules are in force, with a private state outside of it', async () => {
  const said = await place.run(['init', place.dir, '--json']);
  expect(said).toMatchObject({ code: 0, err: '' });
  const made: unknown = JSON.parse(said.out);
  expect(made).toMatchObject({ project_dir: place.dir, rules_hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const { state_dir: stateDir } = made as { state_dir: string };
  expect(stateDir.startsWith(place.stateHome)).toBe(true);
  expect(statSync(stateDir).mode & 0o777).toBe(0o700);
  expect(statSync(join(stateDir, 'keys', 'operator.token')).mode & 0o777).toBe(0o600);
  expect(JSON.parse((await place.run(['policy', 'check', '--json'])).out)).toMatchObject({
    ok: true,
    in_force: true,
  });
});

test('says what was made and what to type next', async () => {
  const said = await place.run(['init', 'project']);
  expect(said.out).toContain('+ governed.toml');
  expect(said.out).toContain('cd project && governed-agents serve');
});

test('lists every collision, writes nothing and exits 3', async () => {
  mkdirSync(join(place.dir, 'agents', 'noop'), { recursive: true });
  writeFileSync(join(place.dir, 'policy.toml'), 'mine');
  writeFileSync(join(place.dir, 'agents', 'noop', 'agent.toml'), 'mine too');
  const before = place.listing();
  const said = await place.run(['init', place.dir]);
  expect(said).toMatchObject({ code: 3, out: '' });
  expect(said.err).toContain('- policy.toml');
  expect(said.err).toContain('- agents/noop/agent.toml');
  expect(said.err).toContain('nothing was written: 2 paths are taken');
  expect(place.listing()).toEqual(before);
});

test('leaves an existing project as it is, and says where it stands', async () => {
  await place.run(['init', place.dir]);
  const before = readFileSync(join(place.dir, 'governed.toml'), 'utf8');
  const said = await place.run(['init', '.', '--json']);
  expect(said.code).toBe(3);
  expect(JSON.parse(said.out)).toMatchObject({
    error: { code: 'would_overwrite', hint: expect.stringContaining('status') },
  });
  expect(readFileSync(join(place.dir, 'governed.toml'), 'utf8')).toBe(before);
});
