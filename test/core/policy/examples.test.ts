import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DETECTOR } from '../../../src/core/policy/detect/detector.ts';
import { runPolicyTests } from '../../../src/core/policy/policy-test.ts';
import { AGENT, decided, policyOf, proposal } from './policy-of.ts';

const FOLDER = new URL('../../../templates/rules/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(`${name}.toml`, FOLDER), 'utf8');
const names = readdirSync(FOLDER).map((file) => file.replace(/\.toml$/, ''));

describe('the ready-made rules', () => {
  it.each(names)('%s: its own tests pass', (name) => {
    const results = runPolicyTests(policyOf(read(name)), DETECTOR);
    expect(results.length).toBeGreaterThan(1);
    for (const { test, passed, decision } of results)
      expect({ name: test.name, passed, decision }).toMatchObject({ passed: true });
  });

  it('say why a large refund waits, and for how long', () => {
    expect(decided(read('refunds'), proposal('refund_payment', { amount: 500 }))).toEqual({
      effect: 'require_approval',
      rule: 'big-refunds',
      reasons: ['big-refunds: Refunds over $100 need a person'],
      severity: 'high',
      approvalTimeoutMs: 3_600_000,
    });
  });

  it('say that an amount written as text is no number', () => {
    const { reasons } = decided(read('refunds'), proposal('refund_payment', { amount: '500' }));
    expect(reasons).toEqual([
      'big-refunds needs a person to look: payload.amount is text, not a number',
      'no rule matches refund_payment; defaults.effect is require_approval',
      'small-refunds does not allow it: payload.amount is text, not a number',
    ]);
  });

  it('say which personal data would leave, never the data itself', () => {
    const payload = { to: 'jane@example.com', body: 'IBAN DE89 3704 0044 0532 0130 00' };
    const { reasons } = decided(read('personal-data'), proposal('send_email', payload), {
      detector: DETECTOR,
    });
    expect(reasons).toEqual([
      'no-personal-data-out: Personal data never leaves by itself (payload holds an email address, an IBAN)',
    ]);
  });

  it('say when a call over the rate may be tried again', () => {
    const nowMs = Date.parse('2026-01-07T12:00:00Z');
    const use = (): { used: number; fallsAtMs: number } => ({ used: 60, fallsAtMs: nowMs + 1_500 });
    expect(
      decided(read('calls-a-minute'), { ...proposal('tool:Read'), tool: 'Read' }, { nowMs, use }),
    ).toMatchObject({
      effect: 'deny',
      rule: 'calls-a-minute',
      retryAfterSeconds: 2,
    });
  });

  it('hold what can’t be told: an operator’s own payment has no agent whose role could exempt it', () => {
    const use = (): null => null;
    const decision = decided(read('daily-spend'), proposal('charge'), { agent: null, use });
    expect(decision).toMatchObject({ effect: 'require_approval', rule: 'daily-spend' });
    expect(
      decided(read('daily-spend'), proposal('charge'), {
        agent: { ...AGENT, labels: { role: 'admin' } },
        use,
      }).effect,
    ).toBe('allow');
  });
});
