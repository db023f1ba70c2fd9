import { describe, expect, it } from 'vitest';
import { microUsd } from '../../../src/core/ledger/money.ts';
import type { AgentFacts } from '../../../src/core/policy/request.ts';
import { AGENT, decided, proposal } from './policy-of.ts';

const ALLOWING = '[defaults]\neffect = "allow"';
const usd = (dollars: number) => ({ costUsd: microUsd(dollars * 1e6) });
const by = (over: Partial<AgentFacts>) => ({ agent: { ...AGENT, ...over } });

describe('the profile of a risk, where nothing matches and the default allows', () => {
  it.each([
    ['low', 'write_file', 'allow'],
    ['low', 'send_email', 'allow'],
    ['low', 'deploy_service', 'allow'],
    ['medium', 'write_file', 'allow'],
    ['medium', 'send_email', 'require_approval'],
    ['medium', 'deploy_service', 'allow'],
    ['high', 'write_file', 'allow'],
    ['high', 'deploy_service', 'require_approval'],
    ['high', 'refund_payment', 'require_approval'],
    ['critical', 'write_file', 'require_approval'],
    ['critical', 'refund_payment', 'deny'],
    ['critical', 'something_unknown', 'require_approval'],
    ['high', 'something_unknown', 'allow'],
  ] as const)('an agent of %s risk: %s is %s', (risk, action, effect) => {
    expect(decided(ALLOWING, proposal(action, {}, usd(1)), by({ risk })).effect).toBe(effect);
  });

  it.each([
    ['low', 100, 'allow'],
    ['low', 100.01, 'require_approval'],
    ['medium', 10, 'allow'],
    ['medium', 10.01, 'require_approval'],
  ] as const)('an agent of %s risk pays $%d: %s', (risk, dollars, effect) => {
    expect(decided(ALLOWING, proposal('refund_payment', {}, usd(dollars)), by({ risk })).effect).toBe(effect);
  });

  it('says how much is too much, and that a cost which is not stated is not small', () => {
    const dear = decided(ALLOWING, proposal('refund_payment', {}, usd(12.5)), by({ risk: 'medium' }));
    expect(dear.reasons).toEqual(['risk.medium: $12.50 is over the $10.00 it may pay by itself']);
    const unstated = decided(ALLOWING, proposal('refund_payment'), by({ risk: 'medium' }));
    expect(unstated.reasons).toEqual([
      'risk.medium: it may pay $10.00 by itself, and expected_cost_usd is missing',
    ]);
  });

  it('never loosens the default', () => {
    const { effect, rule } = decided('', proposal('write_file'), by({ risk: 'low' }));
    expect([effect, rule]).toEqual(['require_approval', 'defaults']);
  });
});

describe('[may] of an agent', () => {
  it('gives its own reason alone, not one of a profile that would allow it', () => {
    const denied = decided(
      ALLOWING,
      proposal('deploy_service'),
      by({ risk: 'medium', may: { execute: 'deny' } }),
    );
    expect(denied).toEqual({
      effect: 'deny',
      rule: 'may.execute',
      reasons: ['may.execute: [may] execute = "deny" in its agent.toml'],
      severity: 'high',
    });
    const twice = decided(
      ALLOWING,
      proposal('refund_payment', {}, usd(3)),
      by({ risk: 'high', may: { pay: 'deny' } }),
    );
    expect(twice.reasons).toEqual(['may.pay: [may] pay = "deny" in its agent.toml']);
    const overOwn = decided(
      ALLOWING,
      proposal('refund_payment', {}, usd(3)),
      by({ risk: 'medium', may: { payUpTo: microUsd(2_000_000) } }),
    );
    expect(overOwn.reasons).toEqual(['may.pay_up_to_usd: $3.00 is over the $2.00 it may pay by itself']);
    const overLess = decided(
      ALLOWING,
      proposal('refund_payment', {}, usd(0.25)),
      by({ risk: 'medium', may: { payUpTo: microUsd(125_000) } }),
    );
    expect(overLess.reasons).toEqual(['may.pay_up_to_usd: $0.25 is over the $0.125 it may pay by itself']);
  });

  it('lets an agent do what its profile would hold, and no more than the default', () => {
    const may = { send: 'allow' } as const;
    expect(decided(ALLOWING, proposal('send_email'), by({ risk: 'high', may })).effect).toBe('allow');
    expect(decided('', proposal('send_email'), by({ risk: 'high', may })).effect).toBe('require_approval');
  });

  it('is as strict as a rule, whatever the policy allows', () => {
    const policy = '[auto_approve]\naction_types = ["write_file"]';
    const { effect, rule } = decided(
      policy,
      proposal('write_file'),
      by({ may: { write: 'require_approval' } }),
    );
    expect([effect, rule]).toEqual(['require_approval', 'may.write']);
  });
});
