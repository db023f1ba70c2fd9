import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptRules } from '../../src/governor/accept-rules.ts';
import type { Transaction } from '../../src/governor/transaction.ts';
import { readTip } from '../../src/store/read/events.ts';
import { readMeta } from '../../src/store/read/meta.ts';
import { OPERATOR } from './acts.ts';
import { createFixture, type Fixture } from './fixture.ts';
import { typesOf, verifiedEvents } from './record.ts';

let f: Fixture;
beforeEach(() => {
  f = createFixture();
});
afterEach(() => f.close());

const emit = (tx: Transaction, eventType: string): number =>
  tx.emit({ eventType, actor: OPERATOR, payload: { eventType } });
const types = (): string[] => typesOf(f.store).filter((type) => type.startsWith('t_'));

describe('use cases that are committed together', () => {
  it('share one transaction, in the order they came, and each gets its own answer', async () => {
    let begun = 0;
    const { statement } = f.store;
    Object.assign(f.store, {
      statement: (sql: string) => {
        if (sql.startsWith('BEGIN')) begun += 1;
        return statement(sql);
      },
    });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => f.governor.commit((tx) => emit(tx, `t_${index}`))),
    );
    expect(begun).toBe(1);
    expect(answers).toEqual(Array.from({ length: 100 }, (_, index) => (answers[0] ?? 0) + index));
    expect(types()).toEqual(Array.from({ length: 100 }, (_, index) => `t_${index}`));
  });

  it('are undone one by one: what throws takes only its own writes and events with it', async () => {
    const settled = await Promise.allSettled([
      f.governor.commit((tx) => emit(tx, 't_a')),
      f.governor.commit((tx) => {
        emit(tx, 't_lost');
        tx.store.exec("INSERT INTO meta VALUES ('lost', '1')");
        throw new Error('after writing');
      }),
      f.governor.commit((tx) => emit(tx, 't_b')),
      f.governor.commit(() => {
        throw new Error('before writing');
      }),
      f.governor.commit((tx) => emit(tx, 't_c')),
    ]);
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(settled[1]).toMatchObject({ reason: { message: 'after writing' } });
    expect(types()).toEqual(['t_a', 't_b', 't_c']);
    expect(f.store.statement("SELECT count(*) AS n FROM meta WHERE key = 'lost'").get()).toEqual({ n: 0 });
  });

  it('number the events without a gap after one of them threw', async () => {
    const before = readTip(f.store).seq;
    const answers = await Promise.allSettled([
      f.governor.commit((tx) => {
        emit(tx, 't_lost');
        throw new Error('no');
      }),
      f.governor.commit((tx) => emit(tx, 't_a')),
    ]);
    expect(answers[1]).toEqual({ status: 'fulfilled', value: before + 1 });
  });

  it('leave exactly one trace each, though a fault in one makes the others run again', async () => {
    let ran = 0;
    await Promise.allSettled([
      f.governor.commit((tx) => {
        ran += 1;
        return emit(tx, 't_a');
      }),
      f.governor.commit(() => {
        throw new Error('no');
      }),
    ]);
    expect(ran).toBe(2);
    expect(types()).toEqual(['t_a']);
  });

  it('all fail, and leave nothing, when the commit itself fails', async () => {
    const before = readTip(f.store);
    let told = 0;
    f.governor.onCommitted(() => {
      told += 1;
    });
    const broken = (tx: Transaction): void => {
      // Checked at COMMIT only, as a full disk would be.
      tx.store.exec('PRAGMA defer_foreign_keys = ON');
      tx.store.exec("INSERT INTO event_payloads VALUES (999999, 's', '{}')");
    };
    const settled = await Promise.allSettled([
      f.governor.commit((tx) => emit(tx, 't_a')),
      f.governor.commit(broken),
      f.governor.commit((tx) => emit(tx, 't_b')),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(readTip(f.store)).toEqual(before);
    expect(f.store.inTransaction).toBe(false);
    expect(told).toBe(0);
    await f.governor.commit((tx) => emit(tx, 't_after'));
    expect(types()).toEqual(['t_after']);
    expect(told).toBe(1);
  });

  it('survive one that ends the transaction behind the governor: all fail, and the next commit works', async () => {
    const settled = await Promise.allSettled([
      f.governor.commit((tx) => emit(tx, 't_a')),
      f.governor.commit((tx) => {
        tx.store.exec('ROLLBACK');
        throw new Error('as SQLite does on a full disk');
      }),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await f.governor.commit((tx) => emit(tx, 't_b'));
    expect(types()).toEqual(['t_b']);
  });

  it('are answered, and told to listeners, only when they are in the store', async () => {
    const { store: other } = f.another();
    const seen: number[] = [];
    f.governor.onCommitted(() => seen.push(readTip(other).seq));
    const before = readTip(other).seq;
    const first = f.governor.commit((tx) => emit(tx, 't_a'));
    expect(readTip(other).seq).toBe(before);
    const seq = await first;
    expect(readTip(other).seq).toBe(seq);
    expect(seen).toEqual([seq]);
  });

  it('are taken in several commits when there are very many, none of them forgotten', async () => {
    let commits = 0;
    f.governor.onCommitted(() => {
      commits += 1;
    });
    await Promise.all(Array.from({ length: 700 }, () => f.governor.commit((tx) => emit(tx, 't_x'))));
    expect(commits).toBeGreaterThan(1);
    expect(commits).toBeLessThan(20);
    expect(types()).toHaveLength(700);
  });

  it('give way to commitNow, which stands alone and answers at once', async () => {
    const waiting = f.governor.commit((tx) => emit(tx, 't_later'));
    f.governor.commitNow((tx) => emit(tx, 't_now'));
    await waiting;
    expect(types()).toEqual(['t_now', 't_later']);
    expect(() =>
      f.governor.commitNow((tx) => {
        emit(tx, 't_lost');
        throw new RangeError('no');
      }),
    ).toThrow(RangeError);
    expect(types()).toEqual(['t_now', 't_later']);
  });
});

describe('a transaction', () => {
  it('stands at a time that is never before the newest event, when the clock goes back', () => {
    const atMs = f.nowMs;
    f.governor.commitNow((tx) => emit(tx, 't_a'));
    f.nowMs = atMs - 86_400_000;
    expect(f.governor.commitNow((tx) => tx.nowMs)).toBe(atMs);
    f.governor.commitNow((tx) => emit(tx, 't_b'));
    f.nowMs = atMs + 1;
    f.governor.commitNow((tx) => emit(tx, 't_c'));
    const times = verifiedEvents(f.store)
      .slice(-3)
      .map(({ ts }) => Date.parse(ts));
    expect(times).toEqual([atMs, atMs, atMs + 1]);
  });

  it('names the host from the first event on, also in the transaction that makes the state', () => {
    const hosts = new Set(verifiedEvents(f.store).map(({ host_id }) => host_id));
    expect([...hosts]).toEqual([readMeta(f.store, 'host_id')]);
  });

  it('puts accepted rules in force for the use cases after it in the same commit', async () => {
    const accept = (hash: string) => (tx: Transaction) =>
      acceptRules(tx, { hash, files: [], actor: OPERATOR });
    const hash = 'n'.repeat(64);
    const answers = await Promise.all([
      f.governor.commit(accept(hash)),
      f.governor.commit(accept(hash)),
      f.governor.commit((tx) => [tx.rulesHash, emit(tx, 't_a')][0]),
    ]);
    expect(answers).toEqual([true, false, hash]);
    expect(verifiedEvents(f.store).at(-1)).toMatchObject({ event_type: 't_a', policy_hash: hash });
  });

  it('takes rules back when the use case that accepted them throws', async () => {
    const before = readMeta(f.store, 'rules_hash');
    const answers = await Promise.allSettled([
      f.governor.commit((tx) => {
        acceptRules(tx, { hash: 'n'.repeat(64), files: [], actor: OPERATOR });
        throw new Error('no');
      }),
      f.governor.commit((tx) => tx.rulesHash),
    ]);
    expect(answers[1]).toEqual({ status: 'fulfilled', value: before });
    expect(readMeta(f.store, 'rules_hash')).toBe(before);
  });
});

describe('while another process holds the store', () => {
  it('lets the event loop turn while it waits, and commits when it is free', async () => {
    const { governor, store } = f.another(5);
    f.store.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const tick = setInterval(() => {
      turns += 1;
    }, 1);
    const waiting = Promise.all([
      governor.commit((tx) => emit(tx, 't_a')),
      governor.commit((tx) => emit(tx, 't_b')),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    f.store.exec('ROLLBACK');
    await waiting;
    clearInterval(tick);
    expect(typesOf(store).slice(-2)).toEqual(['t_a', 't_b']);
    expect(turns).toBeGreaterThan(3);
  });

  it('answers store_busy to what has waited too long, and nothing of it is ever done', async () => {
    const { governor } = f.another(5);
    f.store.exec('BEGIN IMMEDIATE');
    const waiting = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => governor.commit((tx) => emit(tx, `t_${index}`))),
    );
    expect(
      waiting.map((each) => (each.status === 'rejected' ? (each.reason as { code: string }).code : '')),
    ).toEqual(Array.from({ length: 20 }, () => 'store_busy'));
    f.store.exec('ROLLBACK');
    await governor.commit((tx) => emit(tx, 't_after'));
    expect(types()).toEqual(['t_after']);
  });

  it('answers store_busy at once to commitNow', () => {
    const { governor } = f.another(5);
    f.store.exec('BEGIN IMMEDIATE');
    expect(() => governor.commitNow((tx) => emit(tx, 't_a'))).toThrow(
      expect.objectContaining({
        code: 'store_busy',
        hint: expect.stringContaining('doctor') as string,
      }) as Error,
    );
    f.store.exec('ROLLBACK');
    expect(types()).toEqual([]);
  });
});
