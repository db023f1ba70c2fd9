import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SealedEvent, sealEvent } from '../../../src/core/audit/event.ts';
import { splitLine } from '../../../src/core/audit/line.ts';
import { type ChainFault, ChainWalk } from '../../../src/core/audit/verify.ts';
import { seeded } from '../../counts.ts';
import { chainOf, draft, linesOf } from './recorded.ts';

const LENGTH = 12;
const chains = fc.array(draft, { minLength: LENGTH, maxLength: LENGTH }).map(chainOf);
const place = fc.nat(LENGTH - 1);

function walk(lines: readonly string[]): { readonly fault: ChainFault | null; readonly hash: string } {
  const chain = new ChainWalk();
  for (const line of lines) {
    const fault = chain.check(splitLine(line));
    if (fault !== null) return { fault, hash: chain.hash };
  }
  return { fault: null, hash: chain.hash };
}

/** As a verifier reads a file: strictly, so that no other bytes decode to the same text. */
function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

describe('walking the chain', () => {
  it('finds nothing in a record as it was written, and ends at its newest hash', () => {
    fc.assert(
      fc.property(chains, (chain) => {
        expect(walk(linesOf(chain))).toEqual({ fault: null, hash: chain.at(-1)?.hash });
      }),
      seeded(1, 50, 1_000),
    );
  });

  it('finds every single flipped bit, and names the event that it is in', () => {
    fc.assert(
      fc.property(
        chains,
        place,
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        fc.nat(7),
        (chain, at, where, bit) => {
          const lines = linesOf(chain);
          const bytes = Buffer.from(lines[at] ?? '');
          const index = Math.floor(where * bytes.length);
          bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
          const changed = decode(bytes);
          if (changed === null) return;
          const { fault } = walk(lines.with(at, changed));
          expect(fault?.seq).toBe(at + 1);
        },
      ),
      seeded(2, 1_000, 10_000),
    );
  });

  it('finds each changed byte of one whole line, salt, hashes, quotes and brackets too', () => {
    const lines = linesOf(
      chainOf([
        { eventType: 'a', actor: { kind: 'agent', id: 'x' }, payload: { note: 'one' } },
        { eventType: 'b', actor: { kind: 'agent', id: 'x' }, payload: { note: 'two \ufffd' } },
        { eventType: 'c', actor: { kind: 'agent', id: 'x' }, payload: {} },
      ]),
    );
    const bytes = Buffer.from(lines[1] ?? '');
    const missed: string[] = [];
    for (const [index, byte] of bytes.entries()) {
      for (const other of [byte ^ 1, byte ^ 2, byte ^ 32, byte ^ 128, 0x20, 0x22, 0xf0]) {
        if (other === byte) continue;
        const copy = Buffer.from(bytes);
        copy[index] = other;
        const changed = decode(copy);
        if (changed !== null && walk(lines.with(1, changed)).fault?.seq !== 2)
          missed.push(`${index}: ${other}`);
      }
    }
    expect(missed).toEqual([]);
  });

  it('finds an event that was taken out, doubled, moved or brought in from another record', () => {
    fc.assert(
      fc.property(chains, chains, place, place, (chain, foreign, at, to) => {
        const lines = linesOf(chain);
        const line = lines[at] ?? '';
        if (at < LENGTH - 1) {
          expect(walk(lines.toSpliced(at, 1)).fault).toMatchObject({
            problem: 'sequence_broken',
            seq: at + 1,
          });
        }
        expect(walk(lines.toSpliced(at, 0, line)).fault?.seq).toBe(at + 2);
        if (to !== at) {
          const moved = lines.toSpliced(at, 1).toSpliced(to, 0, line);
          expect(walk(moved).fault?.seq).toBe(Math.min(at, to) + 1);
        }
        const other = linesOf(foreign)[at] ?? '';
        if (at > 0 && other !== line) expect(walk(lines.with(at, other)).fault).not.toBeNull();
      }),
      seeded(3, 100, 1_000),
    );
  });

  it('finds an event whose own hash was made anew, at the one after it', () => {
    const edited = (chain: readonly SealedEvent[], at: number): SealedEvent[] => {
      const remade = chainOf([{ eventType: 'forged', actor: { kind: 'agent', id: null }, payload: {} }])[0];
      if (remade === undefined) throw new Error('no event');
      return [...chain].with(at, { ...remade, seq: at + 1, prevHash: chain[at]?.prevHash ?? '' });
    };
    fc.assert(
      fc.property(chains, place, (chain, at) => {
        expect(walk(linesOf(edited(chain, at))).fault).not.toBeNull();
      }),
      seeded(4, 50, 1_000),
    );
  });

  it('can not see that the end was cut off: only a head kept elsewhere differs', () => {
    fc.assert(
      fc.property(chains, place, (chain, kept) => {
        const { fault, hash } = walk(linesOf(chain).slice(0, kept));
        expect(fault).toBeNull();
        expect(hash).not.toBe(chain.at(-1)?.hash);
      }),
      seeded(5, 50, 1_000),
    );
  });

  it('takes a missing payload for removed, unless the record tells of its purge', () => {
    const [first, second] = chainOf([
      { eventType: 'a', actor: { kind: 'agent', id: null }, payload: { a: 1 } },
      { eventType: 'b', actor: { kind: 'agent', id: null }, payload: { b: 1 } },
    ]);
    if (first === undefined || second === undefined) throw new Error('no events');
    const gone = { ...first, salt: null, payload: null };
    expect(new ChainWalk().check(gone)).toMatchObject({ problem: 'payload_missing', seq: 1 });
    const allowed = new ChainWalk((seq) => seq === 1);
    expect(allowed.check(gone)).toBeNull();
    expect(allowed.purged).toBe(1);
    expect(allowed.check({ ...second, salt: null, payload: null })).toMatchObject({
      problem: 'payload_missing',
    });
  });

  it('finds a time that goes back, even where every hash fits', () => {
    const chain = new ChainWalk();
    const [late, early] = sealedAt([5_000, 1_000]);
    expect(chain.check(late ?? null)).toBeNull();
    expect(chain.check(early ?? null)).toMatchObject({ problem: 'time_went_back', seq: 2 });
  });
});

function sealedAt(timesMs: readonly number[]): SealedEvent[] {
  let prevHash = '0'.repeat(64);
  return timesMs.map((tsMs, index) => {
    const place = { seq: index + 1, tsMs, hostId: 'h', policyHash: null, prevHash, salt: '0'.repeat(32) };
    const sealed = sealEvent({ eventType: 't', actor: { kind: 'server', id: null }, payload: {} }, place);
    prevHash = sealed.hash;
    return sealed;
  });
}
