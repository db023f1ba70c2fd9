import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Cap,
  type CapState,
  checkCaps,
  hasBudget,
  leftUnder,
  NOTHING,
} from '../../../src/core/ledger/caps.ts';

const state = (limit: number, posted: number, reserved: number, over: Partial<Cap> = {}): CapState => ({
  scope: 'agent',
  owner: 'agent',
  cap: { period: 'day', unit: 'usd', limit, ...over },
  posted,
  reserved,
});
const usd = (amount: number) => ({ ...NOTHING, usd: amount });

describe('caps', () => {
  it.each<[string, readonly CapState[], number, string]>([
    ['nothing caps it', [], 5, 'fits'],
    ['it fills the cap to the last micro-dollar', [state(10, 4, 3)], 3, 'fits'],
    ['it is one micro-dollar over, for good', [state(10, 8, 0)], 3, 'over'],
    ['it is one over only because of what is reserved', [state(10, 4, 3)], 4, 'open_reservations'],
    ['it would be over even if nothing reserved came to pass', [state(10, 7, 2)], 4, 'over'],
    ['nothing is left at all', [state(0, 0, 0)], 1, 'over'],
    ['more is posted than the cap', [state(10, 12, 0)], 1, 'over'],
    ['nothing is asked of a cap that is passed', [state(10, 12, 0)], 0, 'fits'],
    ['one cap waits and a later one is over', [state(10, 4, 3), state(3, 0, 0)], 4, 'over'],
    ['one cap is over and a later one waits', [state(3, 0, 0), state(10, 4, 3)], 4, 'over'],
    ['a call cap is passed: waiting does not help', [state(3, 0, 0, { period: 'call' })], 4, 'over'],
    ['another unit is used up', [state(0, 9, 0, { unit: 'tokens' })], 4, 'fits'],
  ])('say %s → %#', (_, states, asked, result) => {
    expect(checkCaps(states, usd(asked)).result).toBe(result);
  });

  it('let through only what leaves posted and reserved within every one of them', () => {
    const amount = fc.integer({ min: 0, max: 20 });
    const any = fc
      .tuple(
        amount,
        amount,
        amount,
        fc.constantFrom('usd', 'tokens', 'llm_calls'),
        fc.constantFrom('day', 'total', 'run'),
      )
      .map(([limit, posted, reserved, unit, period]) =>
        state(limit, posted, reserved, { unit, period } as Partial<Cap>),
      );
    const asked = fc.record({ usd: amount, tokens: amount, llm_calls: amount, tool_calls: amount });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 4 }), asked, (states, wanted) => {
        const check = checkCaps(states, wanted);
        const over = states.filter(
          (s) => wanted[s.cap.unit] > 0 && s.posted + s.reserved + wanted[s.cap.unit] > s.cap.limit,
        );
        expect(check.result === 'fits').toBe(over.length === 0);
        if (check.result === 'fits') return;
        expect(over).toContain(check.state);
        expect(check.left).toBe(leftUnder(check.state));
        const isForGood = over.some((s) => s.posted + wanted[s.cap.unit] > s.cap.limit);
        expect(check.result).toBe(isForGood ? 'over' : 'open_reservations');
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it('are a budget when one counts dollars or tokens over more than one call', () => {
    expect(hasBudget([])).toBe(false);
    expect(hasBudget([state(1, 0, 0, { period: 'call' }), state(1, 0, 0, { unit: 'llm_calls' })])).toBe(
      false,
    );
    expect(hasBudget([state(1, 0, 0, { period: 'run', unit: 'tokens' })])).toBe(true);
    expect(hasBudget([state(0, 0, 0)])).toBe(true);
  });
});
