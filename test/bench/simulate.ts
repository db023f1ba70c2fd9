// Trying changed rules on a long past: a hundred thousand actions that the governor itself judged, replayed under the rules in force and
// under unchanged, tightened and loosened ones. The time of an action must not grow with the length of the past.
import type { Simulated } from '../../src/core/simulate/result.ts';
import { simulate } from '../../src/governor/simulate/simulate.ts';
import { rulesOf } from '../config/bundle-of.ts';
import { createFixture, type Fixture } from '../governor/fixture.ts';
import { makePast, PAST_FILES } from '../governor/simulate/past-actions.ts';
import type { Figure } from './ratio.ts';

const SIZES = [10_000, 100_000] as const;

const POLICY = PAST_FILES['policy.toml'] ?? '';
const POLICIES: Readonly<Record<string, string>> = {
  unchanged: POLICY,
  tightened: `${POLICY}
[[rule]]
name = "no-large-refunds"
effect = "deny"
when = { action = "refund_payment", payload.amount = { gt = 200 } }
[[rule]]
name = "drafts-of-the-lab"
effect = "require_approval"
when = { action = "draft_content", agent.id = "lab" }
[[rule]]
name = "few-emails"
effect = "deny"
when = { action = "send_email", rate = { over = 10, per = "10m", by = "agent" } }
`,
  loosened: POLICY.replace('lte = 100', 'lte = 180').replace('starts_with = "prod/"', 'eq = "prod/db"'),
};

export async function simulateFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const perAction: number[] = [];
  for (const size of SIZES) {
    const fixture = createFixture(rulesOf(PAST_FILES));
    await makePast(fixture, size);
    for (const [name, policy] of Object.entries(POLICIES)) {
      const startedMs = performance.now();
      const found = await replay(fixture, policy);
      const tookMs = performance.now() - startedMs;
      figures.push(...figuresOf(name, found, tookMs));
      if (name === 'loosened') perAction.push(tookMs / found.actions);
    }
    fixture.close();
  }
  const [short = Number.NaN, long = Number.NaN] = perAction;
  figures.push({
    name: 'an action of a past ten times as long',
    value: long / short,
    unit: '×',
    bound: { at: 'most', value: 1.3 },
  });
  return figures;
}

function replay(fixture: Fixture, policy: string): Promise<Simulated> {
  return simulate({
    store: fixture.store,
    inForce: fixture.rules,
    changed: rulesOf({ ...PAST_FILES, 'policy.toml': policy }),
    agentDirOf: () => '/project/agents/x',
    sinceMs: null,
    mostActions: null,
    mostEventsBefore: null,
    mostExamples: 10,
  });
}

function figuresOf(name: string, found: Simulated, tookMs: number): Figure[] {
  const past = `${found.actions.toLocaleString('en-US')} actions, ${name}`;
  const changes = found.groups
    .map(({ count, action, from, to }) => `${count} × ${action} ${from} → ${to}`)
    .join(', ');
  return [
    { name: `replay of ${past}`, value: tookMs, unit: 'ms' },
    {
      name: `differences for ${past}`,
      value: found.differences,
      unit: '',
      ...(name === 'unchanged' ? { bound: { at: 'most', value: 0 } as const } : { note: changes }),
    },
  ];
}
