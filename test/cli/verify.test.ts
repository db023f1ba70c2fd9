import { appendFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newPlace, type Place } from './binary.ts';

let place: Place;
let stateDir: string;
let mirror: string;
let untouched: string;

beforeAll(async () => {
  place = newPlace();
  stateDir = (JSON.parse((await place.run(['init', place.dir, '--json'])).out) as { state_dir: string })
    .state_dir;
  for (const state of ['on', 'off', 'on', 'off'])
    await place.run(['kill-switch', state, '--reason', 'a test']);
  await place.run(['up', '--port', '0']);
  await place.run(['down']);
  mirror = join(stateDir, 'audit.jsonl');
  untouched = join(place.root, 'untouched');
  cpSync(stateDir, untouched, { recursive: true });
}, 60_000);
beforeEach(() => {
  rmSync(stateDir, { recursive: true });
  cpSync(untouched, stateDir, { recursive: true });
});
afterAll(() => place.remove());

interface Result {
  readonly ok: boolean;
  readonly events: number;
  readonly fault: {
    where: string;
    problem: string;
    seq: number;
    event_type: string | null;
    line: number | null;
  } | null;
  readonly mirror: { present: boolean; behind: number; torn: boolean };
}

async function verify(...args: readonly string[]): Promise<{ code: number | null; result: Result }> {
  const said = await place.run(['audit', 'verify', '--json', ...args]);
  return { code: said.code, result: JSON.parse(said.out) as Result };
}

/** Someone with our rights and sqlite3 at hand. */
function tamper(...statements: readonly string[]): void {
  const db = new Database(join(stateDir, 'governed.db'));
  db.pragma('foreign_keys = OFF');
  for (const trigger of [
    'events_never_change',
    'events_never_go',
    'event_payloads_never_change',
    'event_payloads_never_go',
  ])
    db.exec(`DROP TRIGGER ${trigger}`);
  for (const statement of statements) db.exec(statement);
  db.close();
}

function editLine(line: number, edit: (text: string) => string): void {
  const lines = readFileSync(mirror, 'utf8').split('\n');
  lines[line - 1] = edit(lines[line - 1] ?? '');
  writeFileSync(mirror, lines.join('\n'));
}

describe('audit verify', { timeout: 60_000 }, () => {
  test('finds nothing in a record that nobody touched', async () => {
    const { code, result } = await verify();
    expect({ code, ...result }).toMatchObject({
      code: 0,
      ok: true,
      events: 5,
      fault: null,
      mirror: { behind: 0, torn: false },
    });
  });

  test.each<[string, () => void, object]>([
    [
      'an edited event',
      () => tamper(`UPDATE events SET event = replace(event, 'operator', 'watchdog') WHERE seq = 3`),
      { where: 'store', problem: 'event_altered', seq: 3, event_type: 'kill_switch' },
    ],
    [
      'an edited payload',
      () => tamper(`UPDATE event_payloads SET payload = replace(payload, 'a test', 'no test') WHERE seq = 2`),
      { where: 'store', problem: 'payload_altered', seq: 2 },
    ],
    [
      'a removed event',
      () => tamper('DELETE FROM events WHERE seq = 4'),
      { where: 'store', problem: 'sequence_broken', seq: 4 },
    ],
    [
      'two swapped events',
      () =>
        tamper(
          'UPDATE events SET seq = -seq WHERE seq IN (2, 3)',
          'UPDATE events SET seq = 5 + seq WHERE seq < 0',
        ),
      { where: 'store', seq: 2 },
    ],
    [
      'an end that was cut off the store, while the mirror still has it',
      () => tamper('DELETE FROM events WHERE seq = 5'),
      { seq: 5, problem: 'events_missing' },
    ],
    [
      'one changed byte of the mirror',
      () => editLine(3, (text) => text.replace('a test', 'a tesT')),
      { where: 'mirror', problem: 'mirror_differs', seq: 3, event_type: 'kill_switch', line: 3 },
    ],
    ['a line removed from the mirror', () => editLine(2, () => ''), { where: 'mirror', seq: 2, line: 2 }],
    ['a line added to the mirror', () => appendFileSync(mirror, '{"v":1}\n'), { seq: 6, line: 6 }],
  ])('names %s, exits 8 and changes nothing', async (_, damage, fault) => {
    damage();
    const before = readFileSync(mirror);
    const { code, result } = await verify();
    expect(code).toBe(8);
    expect(result).toMatchObject({ ok: false, fault });
    expect(readFileSync(mirror).equals(before)).toBe(true);
    const said = (await place.run(['audit', 'verify'])).out;
    expect(said).toContain('the record does not verify');
  });

  test('takes a last line that was cut in the middle for what it is, and not for a forgery', async () => {
    // A crash cuts a line before a head is signed for it.
    rmSync(join(stateDir, 'heads'), { recursive: true });
    truncateSync(mirror, readFileSync(mirror).length - 20);
    const { code, result } = await verify();
    expect({ code, ...result }).toMatchObject({ code: 0, ok: true, mirror: { behind: 1, torn: true } });
  });

  test('sees that the mirror was cut after a head was signed for what it held', async () => {
    truncateSync(mirror, readFileSync(mirror).length - 20);
    const { code, result } = await verify();
    expect(code).toBe(8);
    expect(result.fault).toMatchObject({ where: 'mirror', problem: 'mirror_cut' });
  });

  test('sees that the mirror was removed after a head was signed for what it held', async () => {
    rmSync(mirror);
    const { code, result } = await verify();
    expect(code).toBe(8);
    expect(result.fault).toMatchObject({ where: 'mirror', problem: 'mirror_cut', seq: 1 });
  });

  test('sees that the columns which events are found by do not say what the event says', async () => {
    tamper("UPDATE events SET agent_id = 'zz', event_type = 'zz' WHERE seq = 2");
    const { code, result } = await verify();
    expect(code).toBe(8);
    expect(result.fault).toMatchObject({ where: 'store', problem: 'columns_differ', seq: 2 });
  });

  test('sees a record that was cut off everywhere only against a head kept elsewhere', async () => {
    const head = join(place.root, 'head.json');
    writeFileSync(head, (await place.run(['audit', 'head'])).out);
    tamper('DELETE FROM events WHERE seq > 3', 'DELETE FROM event_payloads WHERE seq > 3');
    rmSync(join(stateDir, 'heads'), { recursive: true });
    writeFileSync(mirror, `${readFileSync(mirror, 'utf8').split('\n').slice(0, 3).join('\n')}\n`);
    expect((await verify()).code).toBe(0);
    const { code, result } = await verify('--against', head);
    expect(code).toBe(8);
    expect(result.fault).toMatchObject({ where: 'head', problem: 'events_missing', seq: 4 });
  });

  test('says of a damaged store what was found, and what to do', async () => {
    const path = join(stateDir, 'governed.db');
    writeFileSync(path, Buffer.concat([Buffer.from('not a database'), readFileSync(path).subarray(14)]));
    const said = await place.run(['audit', 'verify']);
    expect(said.code).toBe(8);
    expect(said.err).toContain('the store itself is damaged');
    expect(said.err).toContain('nothing was changed');
  });
});
