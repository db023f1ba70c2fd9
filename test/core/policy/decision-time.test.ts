import { expect, it } from 'vitest';
import { decide } from '../../../src/core/policy/decide.ts';
import { AGENT, NO_CONTEXT, policyOf, proposal } from './policy-of.ts';

/** Rules of every sort; one of ten speaks of the action that is asked about, two of ten of any. */
function manyRules(count: number): string {
  const sorts = [
    (i: number) => `when = { action = "action_${i}", payload.amount = { gt = ${i} } }`,
    (i: number) => `when = { action = { in = ["action_${i}", "other_${i}"] }, agent.risk = "high" }`,
    (i: number) => `when = { action = "action_${i}", payload.url = { matches = "^https://[a-z]+" } }`,
    (i: number) => `when = { action = "refund_payment", payload.amount = { gt = ${i} } }`,
    (i: number) =>
      `when = { action = "action_${i}", time = { outside = "Mon-Fri 09:00-17:00 Europe/Berlin" } }`,
    (i: number) => `when = { agent.labels.team = "team_${i}" }`,
    (i: number) => `when = { action = "action_${i}" }\nunless = { agent.labels.role = "admin" }`,
    (i: number) => `when = { action = "action_${i}", payload = { detects = "pii" } }`,
    (i: number) =>
      `when = { resource = { starts_with = "production/${i}" }, payload.amount = { exists = true } }`,
    (i: number) => `when = { action = "action_${i}", rate = { over = ${i}, per = "1m" } }`,
  ];
  return Array.from({ length: count }, (_, index) => {
    const when = sorts[index % sorts.length]?.(index) ?? '';
    return `[[rule]]\nname = "rule-${index}"\neffect = "${index % 3 === 0 ? 'deny' : 'require_approval'}"\n${when}\n`;
  }).join('\n');
}

/** Microseconds. */
function timesOf(rules: number, rounds: number): { readonly p50: number; readonly p99: number } {
  const policy = policyOf(manyRules(rules));
  const request = proposal('refund_payment', { amount: 50, url: 'https://example', resource: 'staging/db' });
  const context = { ...NO_CONTEXT, agent: { ...AGENT, labels: { team: 'none' } } };
  const took = Array.from({ length: rounds }, () => {
    const from = performance.now();
    decide(policy, request, context);
    return (performance.now() - from) * 1_000;
  }).sort((a, b) => a - b);
  return { p50: took[Math.floor(rounds * 0.5)] ?? 0, p99: took[Math.floor(rounds * 0.99)] ?? 0 };
}

it('decides in time that grows with the rules that may speak, not with what they say', () => {
  timesOf(100, 5_000);
  const found = [10, 100, 1_000].map((rules) => ({ rules, ...timesOf(rules, 20_000) }));
  console.log(
    found
      .map(({ rules, p50, p99 }) => `${rules} rules: p50 ${p50.toFixed(1)} µs, p99 ${p99.toFixed(1)} µs`)
      .join('\n'),
  );
  // The measured target is 50 µs at p99; a noisy machine is not the engine.
  const hundred = found[1];
  expect(hundred?.p50).toBeLessThan(500);
});
