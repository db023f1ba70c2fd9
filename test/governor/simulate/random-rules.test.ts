// A replay under unchanged rules must say what the gate said, whatever the rules ask about: rules made at random, a past judged by them.
import { expect, it } from 'vitest';
import { loadDetector } from '../../../src/governor/policy/detector.ts';
import { rulesOf } from '../../config/bundle-of.ts';
import { counts } from '../../counts.ts';
import { createFixture } from '../fixture.ts';
import { makePast } from './past-actions.ts';
import { against, withRules } from './replay.ts';

const POLICIES = counts(6, 300);
const ACTIONS = 400;

/** The same numbers in every run: a linear congruential generator. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Below = (below: number) => number;

const WINDOWS: readonly ((below: Below) => string)[] = [
  (below) =>
    `rate = { over = ${below(60)}, per = "${1 + below(9)}m", by = "${below(2) === 0 ? 'agent' : 'all'}" }`,
  (below) =>
    `spend = { over_usd = ${below(40)}, per = "${5 + below(60)}m", by = "${below(2) === 0 ? 'agent' : 'all'}" }`,
];
const FACTS: readonly ((below: Below) => string)[] = [
  (below) => `run.tool_calls = { gt = ${below(60)} }`,
  (below) => `run.llm_calls = { lte = ${below(12)} }`,
  (below) => `run.spent_usd = { gt = ${below(20)} }`,
  (below) => `run.tokens = { gt = ${below(20_000)} }`,
  (below) => `run.age_seconds = { gt = ${below(400)} }`,
  (below) => `budget.used_pct = { gt = ${below(40) / 10_000} }`,
  (below) => `budget.left_usd = { gt = ${999_960 + below(45)} }`,
  (below) => `agent.labels.role = { in = ["${['shop', 'desk'][below(2)]}", "lab"] }`,
  (below) => `agent.risk = "${['low', 'high'][below(2)]}"`,
  (below) => `time = { within = "Mon-Fri 12:0${below(3)}-12:0${4 + below(4)} UTC" }`,
  (below) => `payload.amount = { gt = ${below(240)} }`,
  () => 'payload = { detects = "pii" }',
  (below) => `cost_usd = { lt = ${below(250) / 100} }`,
  (below) => `resource = { starts_with = "${['prod', 'test', 'notes', 'npm'][below(4)]}" }`,
];
const ABOUT = [
  'action = "refund_payment"',
  'action = { in = ["send_email", "draft_content"] }',
  'action = { starts_with = "tool:" }',
  'action = "llm_call"',
  'action = { in = ["refund_payment", "publish_content", "deploy_service", "tool:Read", "tool:Bash", "llm_call"] }',
];
const EFFECTS = ['allow', 'require_approval', 'deny', 'deny'];

function randomRule(below: Below): string {
  const effect = EFFECTS[below(EFFECTS.length)] ?? 'deny';
  // What was done before may only ever tighten.
  const windows = effect === 'allow' ? 0 : WINDOWS.length;
  const pick = (): string => {
    const index = below(windows + FACTS.length);
    return (index < windows ? WINDOWS[index] : FACTS[index - windows])?.(below) ?? '';
  };
  const parts = [ABOUT[below(ABOUT.length)] ?? '', pick(), ...(below(3) === 0 ? [pick()] : [])];
  // TOML takes a table once.
  const byTable = new Map(parts.map((part) => [part.split(/[ .]/)[0], part]));
  const unless = below(4) === 0 ? `unless = { ${FACTS[below(FACTS.length)]?.(below)} }\n` : '';
  return `effect = "${effect}"\nwhen = { ${[...byTable.values()].join(', ')} }\n${unless}`;
}

it(`finds nothing otherwise under ${POLICIES} unchanged policies made at random`, async () => {
  await loadDetector();
  let said = 0;
  for (let seed = 1; seed <= POLICIES; seed += 1) {
    const below = numbersFrom(seed * 7_919);
    const files = withRules(...Array.from({ length: 4 + below(5) }, () => randomRule(below)));
    const fixture = createFixture(rulesOf(files));
    try {
      await makePast(fixture, ACTIONS);
      const found = await against(fixture, files);
      expect({ seed, ...found }).toMatchObject({ differences: 0, notAsRecorded: 0, rules: [] });
      said += (await against(fixture, withRules())).differences;
    } finally {
      fixture.close();
    }
  }
  // They did decide: without them much would have been otherwise.
  expect(said).toBeGreaterThan(POLICIES * 20);
}, 1_200_000);
