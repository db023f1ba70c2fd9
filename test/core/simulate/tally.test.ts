import { expect, it } from 'vitest';
import type { Effect, PolicyDecision } from '../../../src/core/policy/decision.ts';
import type { RecordedAction } from '../../../src/core/simulate/recorded-event.ts';
import { Tally } from '../../../src/core/simulate/tally.ts';

let seq = 0;

function action(name: string, effect: Effect = 'allow'): RecordedAction {
  seq += 1;
  return {
    is: 'action',
    seq,
    atMs: seq * 1_000,
    agentId: 'shop',
    runId: 'run_1',
    proposalId: `prp_${seq}`,
    id: `prp_${seq}`,
    action: name,
    recorded: { effect, rule: 'then' },
    waits: false,
    subject: {
      kind: 'proposal',
      payload: { n: seq },
      reversible: null,
      requiresApproval: null,
      costUsd: null,
    },
  };
}

function by(rule: string, effect: Effect): PolicyDecision {
  return { effect, rule, reasons: [rule], severity: 'medium' };
}

const content = () => ({ text: '{}', isCut: false });

function add(tally: Tally, times: number, name: string, from: PolicyDecision, to: PolicyDecision): void {
  for (let n = 0; n < times; n += 1) tally.add(action(name, from.effect), from, to, content);
}

it('counts from what to what, how strictly, and which rules gained and lost', () => {
  const tally = new Tally(10);
  add(tally, 5, 'send_email', by('a', 'allow'), by('a', 'allow'));
  add(tally, 3, 'send_email', by('a', 'allow'), by('b', 'require_approval'));
  add(tally, 2, 'purchase', by('c', 'deny'), by('a', 'allow'));
  const { matrix, before, after, rules, ...found } = tally.result();
  expect(matrix).toEqual({
    allow: { allow: 5, require_approval: 3, deny: 0 },
    require_approval: { allow: 0, require_approval: 0, deny: 0 },
    deny: { allow: 2, require_approval: 0, deny: 0 },
  });
  expect(before).toEqual({ allow: 8, require_approval: 0, deny: 2 });
  expect(after).toEqual({ allow: 7, require_approval: 3, deny: 0 });
  expect(found).toMatchObject({ actions: 10, differences: 5, stricter: 3, looser: 2, notAsRecorded: 0 });
  expect(rules).toEqual([
    { rule: 'a', before: 8, after: 7, gained: 2, lost: 3 },
    { rule: 'b', before: 0, after: 3, gained: 3, lost: 0 },
    { rule: 'c', before: 2, after: 0, gained: 0, lost: 2 },
  ]);
  expect(found.groups.map(({ action: name, count }) => [name, count])).toEqual([
    ['send_email', 3],
    ['purchase', 2],
  ]);
});

it('is no difference when only another rule says the same, though the rules show it', () => {
  const tally = new Tally(10);
  add(tally, 4, 'send_email', by('a', 'deny'), by('b', 'deny'));
  const { differences, examples, groups, rules } = tally.result();
  expect({ differences, examples, groups }).toEqual({ differences: 0, examples: [], groups: [] });
  expect(rules.map(({ rule, gained, lost }) => [rule, gained, lost])).toEqual([
    ['a', 0, 4],
    ['b', 4, 0],
  ]);
});

it('says apart what the rules in force decide otherwise than it was decided, and what can not be asked about', () => {
  const tally = new Tally(10);
  tally.add(action('send_email', 'deny'), by('a', 'allow'), by('a', 'allow'), content);
  tally.addLost(action('tool:Bash'), 'no_input');
  expect(tally.result()).toMatchObject({
    actions: 1,
    differences: 0,
    notAsRecorded: 1,
    recorded: { allow: 0, deny: 1 },
    lost: { no_input: 1, no_payload: 0 },
  });
});

it('picks examples of every kind of change before a second one of any, oldest first', () => {
  const tally = new Tally(4);
  add(tally, 50, 'common', by('a', 'allow'), by('b', 'deny'));
  add(tally, 2, 'rare', by('a', 'allow'), by('b', 'deny'));
  add(tally, 1, 'other', by('a', 'allow'), by('c', 'require_approval'));
  const { examples } = tally.result();
  expect(examples.map((each) => each.action)).toEqual(['common', 'common', 'rare', 'other']);
  expect(examples.map((each) => each.seq)).toEqual(
    [...examples.map((each) => each.seq)].sort((a, b) => a - b),
  );
  expect(examples[0]).not.toHaveProperty('subject');
});

it('holds a bounded number of kinds and examples, whatever agents call their actions', () => {
  const tally = new Tally(100);
  for (let n = 0; n < 20_000; n += 1) {
    tally.add(action(`made-up-${n}`), by('a', 'allow'), by('b', 'deny'), content);
  }
  const { groups, examples, differences } = tally.result();
  expect(differences).toBe(20_000);
  expect(groups).toHaveLength(501);
  expect(groups[0]).toMatchObject({ action: '(other actions)', count: 19_500 });
  expect(examples).toHaveLength(100);
});
