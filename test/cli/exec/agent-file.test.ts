import { expect, it } from 'vitest';
import { type ExecAgentInput, execAgent } from '../../../src/cli/exec/agent-file.ts';

const INPUT: ExecAgentInput = {
  program: '/usr/bin/claude',
  adapter: 'claude',
  folder: '/x/proj',
  wish: {
    budgetUsd: 5,
    budgetTokens: null,
    maxOutputTokens: null,
    timeout: null,
    tools: null,
    confine: 'auto',
  },
  model: null,
  auth: 'key',
  instructions: null,
  allow: [],
  deny: [],
  harmless: [],
};

function purposeOf(over: Partial<ExecAgentInput['wish']>, more: Partial<ExecAgentInput> = {}): string {
  const { toml } = execAgent({ ...INPUT, ...more, wish: { ...INPUT.wish, ...over } });
  return JSON.parse(/^purpose = (.*)$/m.exec(toml)?.[1] ?? '') as string;
}

it('says of an agent what it runs where, and which options tell it from the others there', () => {
  expect(purposeOf({})).toBe('claude in /x/proj');
  // What differs from call to call and is no part of the agent.
  expect(purposeOf({ budgetUsd: 2 })).toBe('claude in /x/proj');
  const all = { budgetTokens: 200_000, maxOutputTokens: 16_000, timeout: '30m', confine: 'off' } as const;
  expect(purposeOf({ ...all, tools: ['Read', 'Bash(npm test)'] })).toBe(
    'claude in /x/proj, tools Read,Bash(npm test), confine off, 200,000 tokens, 16,000 an answer, timeout 30m',
  );
  expect(purposeOf({}, { model: 'opus', allow: ['Edit'], deny: ['WebFetch'] })).toBe(
    'claude in /x/proj, model opus, tools Edit, without WebFetch',
  );
});

it('is never the same for two that differ in one option, and stays short', () => {
  const wishes = [
    {},
    { tools: ['Read'] },
    { tools: ['Edit'] },
    { confine: 'off' },
    { confine: 'required' },
    { budgetTokens: 16_000 },
    { maxOutputTokens: 16_000 },
    { timeout: '30m' },
  ] as const;
  expect(new Set(wishes.map((wish) => purposeOf(wish))).size).toBe(wishes.length);
  expect(purposeOf({ tools: Array.from({ length: 50 }, (_, n) => `Tool${n}`) }).length).toBeLessThan(80);
});
