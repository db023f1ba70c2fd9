import { describe, expect, it } from 'vitest';
import { sealEvent } from '../../src/core/audit/event.ts';
import { insertEvent } from '../../src/store/write/events.ts';
import { type TempStore, tempStore } from './temp-store.ts';

function withOneEvent(temp: TempStore): ReturnType<TempStore['open']> {
  const store = temp.open();
  const place = {
    seq: 1,
    tsMs: 1,
    hostId: 'h',
    policyHash: null,
    prevHash: '0'.repeat(64),
    salt: '0'.repeat(32),
  };
  insertEvent(store, sealEvent({ eventType: 'x', actor: { kind: 'server', id: null }, payload: {} }, place));
  return store;
}

const ATTEMPTS = [
  "UPDATE events SET event = '{}'",
  'UPDATE events SET seq = 2',
  'DELETE FROM events',
  "INSERT OR REPLACE INTO events (seq, ts_ms, event_type, event, hash) VALUES (1, 1, 'x', '{}', '')",
  "INSERT INTO events (seq, ts_ms, event_type, event, hash) VALUES (1, 1, 'x', '{}', '') ON CONFLICT (seq) DO UPDATE SET event = '{}'",
  "UPDATE event_payloads SET payload = '{}'",
  'DELETE FROM event_payloads',
  "INSERT OR REPLACE INTO event_payloads VALUES (1, 'salt', '{}')",
];

describe('the table of events', () => {
  it.each(ATTEMPTS)('refuses: %s', (sql) => {
    const temp = tempStore();
    const store = withOneEvent(temp);
    const read = (): unknown[] =>
      store.statement('SELECT * FROM events JOIN event_payloads USING (seq)').all();
    const before = read();
    expect(() => store.exec(sql)).toThrow(/append-only/);
    expect(() => temp.open('write').exec(sql)).toThrow(/append-only/);
    expect(read()).toEqual(before);
  });

  it('takes no payload without its event', () => {
    const store = tempStore().open();
    expect(() => store.exec("INSERT INTO event_payloads VALUES (9, 's', '{}')")).toThrow(/FOREIGN KEY/);
  });

  it('takes no second event at the same place', () => {
    const store = withOneEvent(tempStore());
    const sql = "INSERT INTO events (seq, ts_ms, event_type, event, hash) VALUES (1, 1, 'x', '{}', '')";
    expect(() => store.exec(sql)).toThrow(/UNIQUE/);
  });
});
