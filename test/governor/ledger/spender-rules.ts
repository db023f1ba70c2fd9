// The caps that the spenders run against: small enough that runs, batches and groups meet theirs all the time.
import type { Rules } from '../../../src/core/rules/rules.ts';
import { agentRules, rulesWith } from '../fixture.ts';

const AGENTS = ['ann', 'bob', 'eve'] as const;

/** Micro-dollars. */
export const SPENDER_CAPS = { run: 40_000, batch: 3_000_000, agent: 8_000_000, project: 20_000_000 } as const;

export function spenderRules(): Rules {
  const budget = (period: 'run' | 'day' | 'total', limit: number) =>
    ({ caps: [{ period, unit: 'usd', limit }], warnAt: [0.9], onCap: 'end' }) as const;
  const agent = (id: string) =>
    agentRules({
      id,
      concurrent: 1_000,
      budget: {
        ...budget('run', SPENDER_CAPS.run),
        caps: [
          { period: 'run', unit: 'usd', limit: SPENDER_CAPS.run },
          { period: 'day', unit: 'usd', limit: SPENDER_CAPS.agent },
        ],
      },
    });
  return rulesWith({
    concurrentRuns: 10_000,
    agents: new Map(AGENTS.map((id) => [id, agent(id)])),
    groups: new Map([['nightly', budget('run', SPENDER_CAPS.batch)]]),
    projectBudget: budget('total', SPENDER_CAPS.project),
  });
}
