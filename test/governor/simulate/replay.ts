// Replays what a fixture recorded against another project's files, with what a test does not care about filled in.
import type { Simulated } from '../../../src/core/simulate/result.ts';
import { type SimulateInput, simulate } from '../../../src/governor/simulate/simulate.ts';
import { rulesOf } from '../../config/bundle-of.ts';
import { createFixture, type Fixture } from '../fixture.ts';
import { makePast, PAST_COUNT, PAST_FILES } from './past-actions.ts';

export type Files = Readonly<Record<string, string>>;

/** What was done under a project's files. */
export async function aPast(files: Files = PAST_FILES, count = PAST_COUNT): Promise<Fixture> {
  const fixture = createFixture(rulesOf(files));
  await makePast(fixture, count);
  return fixture;
}

/** A policy of a past, with more rules behind it: `more-1`, `more-2`, … */
export function withRules(...rules: readonly string[]): Files {
  const more = rules.map((rule, index) => `[[rule]]\nname = "more-${index + 1}"\n${rule}\n`);
  return { ...PAST_FILES, 'policy.toml': `${PAST_FILES['policy.toml']}${more.join('')}` };
}

export function withPolicy(policy: string): Files {
  return { ...PAST_FILES, 'policy.toml': policy };
}

export function against(
  { store, rules }: Fixture,
  changed: Files,
  over: Partial<SimulateInput> = {},
): Promise<Simulated> {
  return simulate({
    store,
    inForce: rules,
    changed: rulesOf(changed),
    agentDirOf: () => '/project/agents/x',
    sinceMs: null,
    mostActions: null,
    mostEventsBefore: null,
    mostExamples: 5,
    ...over,
  });
}
