import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/core/policy/decide.ts';
import { type Effect, type PolicyDecision, stricter } from '../../../src/core/policy/decision.ts';
import type { PolicyRules } from '../../../src/core/policy/policy-rules.ts';
import type { PolicyContext } from '../../../src/core/policy/request.ts';
import { NO_RULES } from '../../../src/core/policy/rule-set.ts';

const EFFECTS: readonly Effect[] = ['allow', 'require_approval', 'deny'];
const strictness = (effect: Effect): number => EFFECTS.indexOf(effect);

const decision: fc.Arbitrary<PolicyDecision> = fc.record({
  effect: fc.constantFrom(...EFFECTS),
  rule: fc.constantFrom('a', 'b', 'c'),
  reasons: fc.array(fc.constantFrom('r1', 'r2', 'r3', 'r4'), { minLength: 1, maxLength: 3 }),
  severity: fc.constantFrom('low', 'medium', 'high', 'critical'),
});

const action = fc.constantFrom('publish', 'research', 'send_email', 'other');
const policy: fc.Arbitrary<PolicyRules> = fc.record({
  defaultEffect: fc.constantFrom(...EFFECTS),
  timeoutMs: fc.constant(1),
  rules: fc.constant(NO_RULES),
  tests: fc.constant([]),
  autoApprove: fc.uniqueArray(action).map((list) => new Set(list)),
  neverAutoApprove: fc.uniqueArray(action).map((list) => new Set(list)),
});
const NO_CONTEXT: PolicyContext = { nowMs: 0, agent: null, detector: null, use: () => null };
const word = fc.constantFrom(true, false, null);

describe('the stricter of many decisions', () => {
  it('is the same in whatever order they are compared, in effect, rule, severity and reasons', () => {
    fc.assert(
      fc.property(
        fc
          .array(decision, { minLength: 2, maxLength: 6 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(shuffled.reduce(stricter)).toEqual(all.reduce(stricter));
          // However they are grouped, too.
          const [first, ...rest] = all;
          const last = rest.reduce(stricter);
          expect(first === undefined ? last : stricter(first, last)).toEqual(all.reduce(stricter));
        },
      ),
      { seed: 1, numRuns: 1_000 },
    );
  });

  it('has the strictest effect, the highest severity of that effect, and its reasons only', () => {
    fc.assert(
      fc.property(fc.array(decision, { minLength: 2, maxLength: 6 }), (all) => {
        const won = all.reduce(stricter);
        const strictest = Math.max(...all.map(({ effect }) => strictness(effect)));
        const same = all.filter(({ effect }) => strictness(effect) === strictest);
        expect(strictness(won.effect)).toBe(strictest);
        expect(same.map(({ severity }) => severity)).toContain(won.severity);
        expect(same.some(({ rule, severity }) => rule === won.rule && severity === won.severity)).toBe(true);
        expect(new Set(won.reasons)).toEqual(new Set(same.flatMap(({ reasons }) => reasons)));
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

describe('the lists', () => {
  it.each<[string, Effect, string]>([
    ['research', 'allow', 'auto_approve'],
    ['send_email', 'require_approval', 'never_auto_approve'],
    ['both', 'require_approval', 'never_auto_approve'],
    ['unheard_of', 'deny', 'defaults'],
    ['__proto__', 'deny', 'defaults'],
    ['Research', 'deny', 'defaults'],
  ])('decide %s as %s by %s', (name, effect, rule) => {
    const rules = {
      defaultEffect: 'deny',
      timeoutMs: 1,
      rules: NO_RULES,
      tests: [],
      autoApprove: new Set(['research', 'both']),
      neverAutoApprove: new Set(['send_email', 'both']),
    } as const;
    const decided = decide(rules, { action: name, reversible: null, requiresApproval: null }, NO_CONTEXT);
    expect(decided).toMatchObject({ effect, rule });
    expect(decided.reasons.join()).toContain(name);
  });

  it('are only tightened by what an agent says of its own action', () => {
    fc.assert(
      fc.property(policy, action, word, word, (rules, name, reversible, requiresApproval) => {
        const silent = decide(rules, { action: name, reversible: null, requiresApproval: null }, NO_CONTEXT);
        const said = decide(rules, { action: name, reversible, requiresApproval }, NO_CONTEXT);
        expect(strictness(said.effect)).toBeGreaterThanOrEqual(strictness(silent.effect));
        if (reversible === false || requiresApproval === true) expect(said.effect).not.toBe('allow');
        else expect(said).toEqual(silent);
      }),
      { seed: 3, numRuns: 1_000 },
    );
  });
});
