// How long the rule engine takes for one decision, with ten, a hundred and a thousand rules in force.
import { decide } from '../../src/core/policy/decide.ts';
import { AGENT, NO_CONTEXT, policyOf, proposal } from '../core/policy/policy-of.ts';
import { type Figure, percentile } from './ratio.ts';

const SIZES = [10, 100, 1_000];
const ROUNDS = 50_000;
const WARM_UP = 20_000;
/** Of a hundred rules: far below what a commit takes. */
const MOST_US = 50;

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

export async function policyFigures(): Promise<Figure[]> {
  timesUs(100, WARM_UP);
  return SIZES.flatMap((rules) => {
    const took = timesUs(rules, ROUNDS);
    const bound = rules === 100 ? { bound: { at: 'most', value: MOST_US } as const } : {};
    return [
      { name: `a decision under ${rules} rules, p50`, value: percentile(took, 0.5), unit: 'µs' },
      { name: `a decision under ${rules} rules, p99`, value: percentile(took, 0.99), unit: 'µs', ...bound },
    ];
  });
}

function timesUs(rules: number, rounds: number): readonly number[] {
  const policy = policyOf(manyRules(rules));
  const request = proposal('refund_payment', { amount: 50, url: 'https://example', resource: 'staging/db' });
  const context = { ...NO_CONTEXT, agent: { ...AGENT, labels: { team: 'none' } } };
  return Array.from({ length: rounds }, () => {
    const from = performance.now();
    decide(policy, request, context);
    return (performance.now() - from) * 1_000;
  });
}
