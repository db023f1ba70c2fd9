import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/canonical.ts';
import { CODE_LIFE_MS, mintSessionCode, openSession, SESSION_LIFE_MS } from '../../src/governor/sessions.ts';
import { readSession } from '../../src/store/read/sessions.ts';
import { createFixture, type Fixture } from './fixture.ts';
import { eventsOf } from './record.ts';

let f: Fixture;
beforeEach(() => {
  f = createFixture();
});
afterEach(() => f.close());

const mint = (): string => f.governor.commitNow(mintSessionCode).code;
const open = (code: string): ReturnType<typeof openSession> =>
  f.governor.commitNow((tx) => openSession(tx, code));

describe('a one-time code', () => {
  it('opens one session, once, of all who try at the same time', async () => {
    const code = mint();
    const { governor } = f.another();
    const tries = Array.from({ length: 8 }, (_, index) =>
      (index % 2 === 0 ? f.governor : governor).commit((tx) => openSession(tx, code)),
    );
    const results = (await Promise.all(tries)).map(({ result }) => result);
    expect(results.filter((result) => result === 'opened')).toHaveLength(1);
    expect(eventsOf(f.store, 'operator_session')).toHaveLength(1);
  });

  it('is good until its last millisecond', () => {
    const [inTime, late] = [mint(), mint()];
    f.nowMs += CODE_LIFE_MS - 1;
    expect(open(inTime)).toMatchObject({ result: 'opened' });
    f.nowMs += 1;
    expect(open(late)).toMatchObject({ result: 'refused', code: 'code_invalid' });
  });

  it.each(['', 'guess', '0'.repeat(32)])('is not %j', (code) => {
    mint();
    expect(open(code)).toMatchObject({ result: 'refused', code: 'code_invalid' });
  });
});

describe('a session', () => {
  it('is found by its cookie and holds for its time; neither cookie, secret nor code stands in the store or the record', () => {
    const code = mint();
    const opened = open(code);
    if (opened.result !== 'opened') throw new Error(opened.detail);
    const row = readSession(f.store, sha256Hex(opened.cookie));
    expect(row).toMatchObject({ id: opened.sessionId, expires_at_ms: f.nowMs + SESSION_LIFE_MS });
    expect(row?.secret_hash).toBe(sha256Hex(opened.secret));
    expect(readSession(f.store, sha256Hex('other'))).toBeNull();
    const everything = ['sessions', 'session_codes', 'events', 'event_payloads'].map((table) =>
      JSON.stringify(f.store.statement(`SELECT * FROM ${table}`).all()),
    );
    for (const secret of [opened.cookie, opened.secret, code])
      expect(everything.join()).not.toContain(secret);
  });

  it('is dropped from the store after its time, when the next one is opened', () => {
    const opened = open(mint());
    if (opened.result !== 'opened') throw new Error(opened.detail);
    f.nowMs += SESSION_LIFE_MS + 1;
    open(mint());
    expect(readSession(f.store, sha256Hex(opened.cookie))).toBeNull();
  });
});
