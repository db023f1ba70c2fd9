import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPlace, type Place } from './binary.ts';

let place: Place;
beforeAll(async () => {
  place = newPlace();
  await place.run(['init', place.dir]);
  appendFileSync(join(place.dir, 'governed.toml'), '\n[groups.nightly]\nrun_usd = 10\n');
  await place.run(['accept', '--yes']);
});
afterAll(() => place.remove());

describe('budget raise', () => {
  test.each([
    [['nightly'], 'nightly is a group, not an agent', '--of group:nightly'],
    [['group:nightly'], 'nightly is a group, not an agent', '--of group:nightly'],
    [['project'], 'project is not an agent', '--of project'],
    [['run_01m7z296vrk'], 'its caps are raised at its agent', 'governed-agents runs'],
    [['--of', 'nightly'], 'neither the project nor a group', 'did you mean --of group:nightly?'],
    [['--of', 'noop'], 'neither the project nor a group', 'governed-agents budget raise noop'],
    [['--of', 'pro'], 'neither the project nor a group', '--of project or --of group:<name>'],
    [['noop', '--of', 'project'], 'belongs to an agent, a group or the project', '--of group:<name>'],
    [['nope'], 'there is no accepted agent "nope"', 'noop'],
  ])('%j is answered with how to say whose cap it is', async (whose, message, hint) => {
    const said = await place.run(['budget', 'raise', ...whose, '--tier', 'run', '--usd', '20', '--json']);
    expect([said.code, JSON.parse(said.out)]).toEqual([
      2,
      {
        error: expect.objectContaining({
          detail: expect.stringContaining(message) as string,
          hint: expect.stringContaining(hint) as string,
        }) as unknown,
      },
    ]);
  });
});

test('budget shows the caps of a group by its name', async () => {
  for (const word of ['nightly', 'group:nightly']) {
    const said = await place.run(['budget', word, '--json']);
    expect(JSON.parse(said.out)).toMatchObject({ group: 'nightly', tiers: [{ tier: 'run', unit: 'usd' }] });
  }
  const { out } = await place.run(['budget', 'nightly']);
  expect(out).toContain('group nightly');
  expect(out).not.toContain('noop');
});
