import { describe, expect, it } from 'vitest';
import { DETECTOR } from '../../../src/core/policy/detect/detector.ts';
import { decided, policyOf, proposal } from './policy-of.ts';

const POLICY = policyOf(`
[defaults]
effect = "allow"
[[rule]]
name = "big"
effect = "deny"
when = { payload.amount = { gt = 100 } }
[[rule]]
name = "private"
effect = "deny"
when = { payload = { detects = "pii" } }
`);

const effectOf = (payload: unknown): string =>
  decided(POLICY, proposal('note', payload), { detector: DETECTOR }).effect;

describe('a hostile payload', () => {
  it.each([
    ['{"__proto__": {"amount": 500}}', 'require_approval'],
    ['{"amount": 5, "__proto__": {"amount": 500}}', 'allow'],
    ['{"constructor": {"amount": 5}}', 'require_approval'],
    ['{"amount": "500"}', 'require_approval'],
    ['{"amount": [500]}', 'require_approval'],
    ['{"amount": {"gt": 5}}', 'require_approval'],
    ['{"amount": null}', 'require_approval'],
    ['{"amount": true}', 'require_approval'],
    ['{"amount": 1e400}', 'require_approval'],
    ['{"amount": 5, "Amount": 500}', 'allow'],
    ['{"amount": 5, "\\u0000amount": 500}', 'allow'],
    ['{"amount": 5, "a\\u200bmount": 500}', 'allow'],
    ['{"amount": 5, "t": "\\u202ejane@example.com\\u202c"}', 'deny'],
    ['{"amount": 5, "jane@example.com": 1}', 'deny'],
    ['{"amount": 5, "t": ["a", ["b", {"c": ["jane@exa\\u2060mple.com"]}]]}', 'deny'],
    ['[500]', 'require_approval'],
    ['"500"', 'require_approval'],
    ['null', 'require_approval'],
    ['{}', 'require_approval'],
  ])('%s: %s', (json, effect) => {
    expect(effectOf(JSON.parse(json))).toBe(effect);
  });

  it('nested a hundred thousand deep is searched to the bottom', () => {
    let payload: unknown = 'jane@example.com';
    for (let depth = 0; depth < 100_000; depth += 1) payload = depth % 2 === 0 ? [payload] : { a: payload };
    expect(effectOf({ amount: 5, payload })).toBe('deny');
  });

  it('of a megabyte is searched to the end', () => {
    expect(effectOf({ amount: 5, text: `${'x '.repeat(1 << 19)}jane@example.com` })).toBe('deny');
  });

  it('made to take a large pattern long is for a person to see', () => {
    const policy = policyOf(`
[defaults]
effect = "allow"
[[rule]]
name = "slow"
effect = "deny"
when = { payload.text = { matches = '[ab]*a[ab]{900}$' } }
`);
    const decision = decided(policy, proposal('note', { text: 'ab'.repeat(1 << 19) }));
    expect(decision).toMatchObject({ effect: 'require_approval', rule: 'slow' });
    expect(decision.reasons).toEqual([
      'slow needs a person to look: payload.text is too long to be searched for this pattern',
    ]);
  });

  it('without a detector at hand is for a person to see', () => {
    const decision = decided(POLICY, proposal('note', { amount: 5 }));
    expect(decision).toMatchObject({ effect: 'require_approval', rule: 'private' });
    expect(decision.reasons).toEqual([
      "private needs a person to look: payload can't be searched: the detector is not ready",
    ]);
  });
});
