import { expect, it } from 'vitest';
import { watchRulesOf } from '../../../src/core/watch/own-limits.ts';
import { DEFAULT_WATCH_RULES } from '../../../src/core/watch/watch-rules.ts';
import { agentRules, rulesWith } from '../../governor/fixture.ts';

const limits = { timeoutMs: null, iterations: null, errors: 4, silenceMs: null };
const rules = rulesWith({
  agents: new Map([
    ['strict', agentRules({ id: 'strict', limits })],
    ['loose', agentRules({ id: 'loose', limits: { ...limits, errors: 40 } })],
    ['plain', agentRules({ id: 'plain' })],
  ]),
});

it.each([
  ['strict', 4],
  ['loose', 10],
  ['plain', 10],
  ['gone', 10],
  [null, 10],
])('%s is paused after %i failures in a row', (agentId, pause) => {
  expect(watchRulesOf(rules, agentId)).toEqual({ ...DEFAULT_WATCH_RULES, errors: { warn: 5, pause } });
});

it('pauses where [watchdog] only warns or kills', () => {
  const errors = { warn: 2, kill: 8 };
  const own = watchRulesOf({ ...rules, watch: { ...DEFAULT_WATCH_RULES, errors } }, 'strict');
  expect(own.errors).toEqual({ warn: 2, pause: 4, kill: 8 });
});
