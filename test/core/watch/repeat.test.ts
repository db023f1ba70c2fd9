import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../../src/core/watch/signal.ts';
import { event, levels, proposal, toolCall, watchAll } from './signals.ts';

const RULES = { repeat: { warn: 3, pause: 5 }, errors: {}, stuckSeconds: {} };

const calls = (inputs: string): RecordedEvent[] => [...inputs].map((input) => toolCall(input));

describe('a run that repeats itself', () => {
  it.each([
    ['AA', []],
    ['AAA', ['repeat warn']],
    ['AAAA', ['repeat warn']],
    ['AAAAA', ['repeat warn', 'repeat pause']],
    ['AAAAAAAA', ['repeat warn', 'repeat pause']],
    ['ABABA', ['repeat warn']],
    ['ABABAB', ['repeat warn', 'repeat warn']],
    ['ABCABCABC', ['repeat warn', 'repeat warn', 'repeat warn']],
    ['AxAyAzAuA', ['repeat warn', 'repeat pause']],
    ['ABCDEFGHIJ', []],
  ])('is judged at %s with %j', (inputs, expected) => {
    expect(levels(watchAll(calls(inputs), RULES))).toEqual(expected);
  });

  it('is paused at the third action where the rules say so', () => {
    const rules = { ...RULES, repeat: { pause: 3 } };
    expect(levels(watchAll(calls('AAA'), rules))).toEqual(['repeat pause']);
  });

  it('is never judged where the rule is off', () => {
    expect(levels(watchAll(calls('A'.repeat(200)), { ...RULES, repeat: {} }))).toEqual([]);
  });

  it('is found past fifty other actions only when it comes back within the window', () => {
    const others = [...Array(60).keys()].map((index) => toolCall(`other ${index}`));
    expect(levels(watchAll([...calls('AA'), ...others, ...calls('A')], RULES))).toEqual([]);
    expect(levels(watchAll([...calls('AA'), ...others.slice(0, 40), ...calls('A')], RULES))).toEqual([
      'repeat warn',
    ]);
  });

  it('is found at a threshold larger than any window when nothing comes between', () => {
    const rules = { ...RULES, repeat: { pause: 10_500 } };
    const watched = watchAll(
      [...Array(10_500)].map(() => toolCall('A')),
      rules,
    );
    expect(levels(watched)).toEqual(['repeat pause']);
  });
});

describe('what counts as the same action', () => {
  it('tells tools, action types and inputs apart', () => {
    const other = event('tool_call_allowed', { tool: 'Read', input_hash: 'A' });
    expect(levels(watchAll([...calls('AA'), other, proposal('A'), proposal('A')], RULES))).toEqual([]);
  });

  it('counts denied calls and proposals, but a held call only once', () => {
    const denied = event('tool_call_denied', { tool: 'Bash', input_hash: 'A' });
    const held = [
      event('proposal_submitted', { action_type: 'tool:Bash', proposal_payload_hash: 'A' }),
      event('tool_call_held', { tool: 'Bash', input_hash: 'A' }),
    ];
    expect(levels(watchAll([toolCall('A'), ...held], RULES))).toEqual([]);
    expect(levels(watchAll([toolCall('A'), ...held, denied], RULES))).toEqual(['repeat warn']);
  });

  it('is blind to no action because of model calls, notes and other decoys between', () => {
    const decoys = [
      event('llm_call_reserved', { model: 'm' }),
      event('run_note', { reason: 'gave_up' }),
      event('tool_call_completed', { tool: 'Bash', ok: true }),
      event('proposal_submitted', null),
      event('tool_call_allowed', 'not an object'),
      event('tool_call_allowed', { tool: 5, input_hash: 7 }),
      event('watchdog_pause', { rule: 'repeat', subject: 'another', level: 'pause' }),
    ];
    const events = [...Array(5)].flatMap(() => [toolCall('A'), ...decoys]);
    expect(levels(watchAll(events, RULES))).toEqual(['repeat warn', 'repeat pause']);
  });

  it('goes by the sequence alone: times from the future or the past change nothing', () => {
    const times = [9e15, 0, -5, 4_102_444_800_000, 1];
    const events = times.map((tsMs) => toolCall('A', { tsMs }));
    expect(levels(watchAll(events, RULES))).toEqual(['repeat warn', 'repeat pause']);
  });
});

describe('after a person resumed the run', () => {
  it('starts to count again', () => {
    const resumed = event('run_resumed', {}, { actorKind: 'operator' });
    const watched = watchAll([...calls('AAAAA'), resumed, ...calls('AAA')], RULES);
    expect(levels(watched)).toEqual(['repeat warn', 'repeat pause', 'repeat warn']);
    expect(watched.watch.open).toHaveLength(1);
  });

  it('counts on when only the watchdog let it go on', () => {
    const resumed = event('run_resumed', {}, { actorKind: 'watchdog' });
    expect(levels(watchAll([...calls('AAAA'), resumed, ...calls('A')], RULES))).toEqual([
      'repeat warn',
      'repeat pause',
    ]);
  });
});
