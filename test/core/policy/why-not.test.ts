import { expect, it } from 'vitest';
import { runPolicyTests } from '../../../src/core/policy/policy-test.ts';
import { policyOf } from './policy-of.ts';

const RULES = `
[[rule]]
name = "big"
effect = "require_approval"
when = { action = "refund", payload.amount = { gt = 100 } }
unless = { agent.labels.role = "admin" }
[[rule]]
name = "huge"
effect = "deny"
when = { action = "refund", payload.amount = { gt = 1000 } }
[[rule]]
name = "rate"
effect = "deny"
when = { action = "refund", rate = { over = 5, per = "1m", by = "agent" } }
`;

function missed(given: string, rule: string): string | null | undefined {
  const policy = policyOf(`${RULES}\n[[test]]\ngiven = ${given}\nexpect = "deny"\nrule = "${rule}"\n`);
  return runPolicyTests(policy, null)[0]?.missed;
}

it.each([
  [
    '{ action = "refund", payload = { amount = 50 } }',
    'big',
    'big does not hold: not so that payload.amount is over 100',
  ],
  ['{ action = "note" }', 'big', 'big does not hold: not so that action is "refund"'],
  [
    '{ action = "refund", rate = 2 }',
    'rate',
    'rate does not hold: not so that more than 5 actions in 1 m by this agent',
  ],
  [
    '{ action = "refund", payload = { amount = 500 }, agent = { labels = { role = "admin" } } }',
    'big',
    'big is exempted: agent.labels.role is "admin"',
  ],
  [
    '{ action = "refund", payload = { amount = 5000 } }',
    'big',
    'big speaks too, but is not what decides: of several the strictest does, then the most severe',
  ],
  ['{ action = "refund", payload = { amount = 5000 } }', 'huge', null],
  ['{ action = "refund", payload = { amount = 5 } }', 'defaults', null],
])('of %s and %s: %s', (given, rule, expected) => {
  expect(missed(given, rule)).toBe(expected);
});
