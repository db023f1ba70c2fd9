// The record can be asked by agent whatever became of the rules: who has a history is found in it.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPlace, type Place } from './binary.ts';

let place: Place;
beforeAll(async () => {
  place = newPlace();
  await place.run(['init', place.dir]);
  await place.run(['pause', 'noop']);
});
afterAll(() => place.remove());

async function makeRulesUnreadable(): Promise<void> {
  const { state_dir: dir } = JSON.parse((await place.run(['status', '--json'])).out) as { state_dir: string };
  const db = new Database(join(dir, 'governed.db'));
  db.exec("UPDATE rule_files SET content = CAST('[' AS BLOB) WHERE path = 'governed.toml'");
  db.close();
}

it('asks the record by agent while the rules can’t be read', async () => {
  const before = await place.run(['audit', 'list', '--agent', 'noop', '--json']);
  expect(before.code).toBe(0);
  await makeRulesUnreadable();
  for (const word of ['noop', 'no']) {
    const said = await place.run(['audit', 'list', '--agent', word, '--json']);
    expect(said).toMatchObject({ code: 0, out: before.out });
    expect(await place.run(['proposals', '--agent', word, '--json'])).toMatchObject({ code: 0 });
  }
  const other = await place.run(['audit', 'list', '--agent', 'publisher', '--json']);
  expect(JSON.parse(other.out)).toMatchObject({ error: { code: 'rules_invalid' } });
});
