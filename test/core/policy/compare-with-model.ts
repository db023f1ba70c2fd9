// Puts one random policy and request to the engine and to the reference model, and says where they differ.
import type { PolicyProblem, Reading } from '../../../src/config/policy/policy-problem.ts';
import { readRule } from '../../../src/config/policy/rule-table.ts';
import { fromUsd } from '../../../src/core/ledger/money.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import type { PolicyDecision } from '../../../src/core/policy/decision.ts';
import { judgeResult } from '../../../src/core/policy/judge-result.ts';
import type { PolicyRules } from '../../../src/core/policy/policy-rules.ts';
import type { Detector, PolicyContext, PolicyRequest } from '../../../src/core/policy/request.ts';
import { ruleSet } from '../../../src/core/policy/rule-set.ts';
import type { UsageWindow } from '../../../src/core/policy/usage-window.ts';
import { type Random, randomPolicy, randomWorld, seeded } from './random-policies.ts';
import {
  type ConditionSpec,
  decideByModel,
  judgeResultByModel,
  type ModelDecision,
  type PolicySpec,
  type World,
} from './reference-model.ts';

export interface Mismatch {
  readonly policy: PolicySpec;
  readonly world: World;
  readonly engine: unknown;
  readonly model: ModelDecision | null;
}

const REQUESTS_A_POLICY = 20;

/** The first mismatch among so many pairs; null when there is none. */
export function firstMismatch(pairs: number, seed: number): Mismatch | null {
  const random = seeded(seed);
  for (let done = 0; done < pairs; ) {
    const spec = randomPolicy(random);
    const policy = compiled(spec, random);
    for (let each = 0; each < REQUESTS_A_POLICY && done < pairs; each += 1, done += 1) {
      const world = randomWorld(random);
      const model = decideByModel(spec, world);
      const engine = byEngine(policy, world);
      if (JSON.stringify(engine) !== JSON.stringify(model)) return { policy: spec, world, engine, model };
      const ofResult = judgeResultByModel(spec, world);
      const found = resultByEngine(policy, world);
      if (JSON.stringify(found) !== JSON.stringify(ofResult))
        return { policy: spec, world, engine: found, model: ofResult };
    }
  }
  return null;
}

function byEngine(policy: PolicyRules, world: World): unknown {
  try {
    return comparable(decide(policy, requestOf(world), contextOf(world)));
  } catch (cause) {
    return { threw: String(cause) };
  }
}

/** The payload taken for what a tool brought back. */
function resultByEngine(policy: PolicyRules, world: World): unknown {
  try {
    const against = judgeResult(policy, requestOf(world), contextOf(world));
    return against === null ? null : comparable(against);
  } catch (cause) {
    return { threw: String(cause) };
  }
}

function comparable(decision: PolicyDecision): unknown {
  const { effect, rule, severity, reasons, retryAfterSeconds, approvalTimeoutMs } = decision;
  return {
    effect,
    rule,
    severity,
    reasons: reasons.map(nameIn).sort(),
    retry: retryAfterSeconds ?? null,
    timeout: approvalTimeoutMs ?? null,
  };
}

/** What spoke, out of its reason. */
function nameIn(reason: string): string {
  const fixed: readonly (readonly [RegExp, string])[] = [
    [/^base$/, 'base'],
    [/ is in never_auto_approve$/, 'never_auto_approve'],
    [/ is in auto_approve$/, 'auto_approve'],
    [/^no rule matches /, 'defaults'],
    [/^the agent calls /, 'irreversible'],
    [/^the agent asked /, 'agent_asked'],
  ];
  for (const [form, name] of fixed) if (form.test(reason)) return name;
  return /^([a-z]-\d+|(?:risk|may)\.\w+)[: ]/.exec(reason)?.[1] ?? reason;
}

function compiled(spec: PolicySpec, random: Random): PolicyRules {
  const problems: PolicyProblem[] = [];
  const reading: Reading = {
    timezone: 'UTC',
    report: (problem) => problems.push(problem),
    isDotted: () => true,
  };
  const rules = spec.rules.flatMap((rule, index) => {
    const table = {
      name: rule.name,
      effect: rule.effect,
      severity: rule.severity,
      when: tableOf(rule.when, random),
      ...(rule.unless === null ? {} : { unless: tableOf(rule.unless, random) }),
      ...(rule.timeoutMs === null ? {} : { approval: { timeout: `${rule.timeoutMs}ms` } }),
    };
    return readRule(table, ['rule', index], reading) ?? [];
  });
  if (problems.length > 0)
    throw new Error(`a random rule does not parse: ${JSON.stringify([problems, spec])}`);
  return {
    defaultEffect: spec.defaultEffect,
    timeoutMs: 1,
    autoApprove: new Set(spec.auto),
    neverAutoApprove: new Set(spec.never),
    rules: ruleSet(rules),
    tests: [],
  };
}

/** Now nested, now quoted: both mean the same. */
function tableOf(conditions: readonly ConditionSpec[], random: Random): unknown {
  const table: Record<string, unknown> = {};
  for (const each of conditions) {
    if ('measure' in each) {
      const { measure, by, per, over } = each;
      table[measure] = measure === 'rate' ? { over, per, by } : { over_usd: over, per, by };
    } else if (random() < 0.5) table[`${each.path}.${each.op}`] = each.value;
    else {
      const keys = each.path.split('.');
      put(table, keys.includes('__proto__') ? [each.path, each.op] : [...keys, each.op], each.value);
    }
  }
  return table;
}

function put(table: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    table[key] = value;
    return;
  }
  const inner = Object.hasOwn(table, key) ? table[key] : undefined;
  const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  table[key] = next;
  put(next, rest, value);
}

const DETECTOR: Detector = {
  find: (kind, text) => (text.includes(kind === 'pii' ? '@' : 'SECRET') ? ['something'] : []),
};

function requestOf({ action, facts, reversible, requiresApproval, base }: World): PolicyRequest {
  const text = (name: string): object => (name in facts ? { [name]: facts[name] as string | null } : {});
  const cost = facts['cost_usd'];
  return {
    action,
    ...text('tool'),
    ...text('resource'),
    ...text('model'),
    ...('payload' in facts ? { payload: facts['payload'] } : {}),
    ...('cost_usd' in facts ? { costUsd: typeof cost === 'number' ? fromUsd(cost) : null } : {}),
    reversible,
    requiresApproval,
    ...(base === null ? {} : { base: { effect: base, rule: 'base', reasons: ['base'], severity: 'low' } }),
  };
}

function contextOf(world: World): PolicyContext {
  const { facts } = world;
  const usd = (name: string) => (typeof facts[name] === 'number' ? fromUsd(facts[name]) : null);
  const number = (name: string): number | null => (typeof facts[name] === 'number' ? facts[name] : null);
  const hasRun = 'run.tool_calls' in facts;
  const { upTo, ...may } = world.may;
  return {
    nowMs: world.nowMs,
    agent:
      world.labels === null
        ? null
        : {
            id: facts['agent.id'] as string | null,
            risk: facts['agent.risk'] as 'low' | null,
            labels: world.labels,
            may: { ...may, ...(typeof upTo === 'number' ? { payUpTo: fromUsd(upTo) } : {}) },
          },
    ...(hasRun
      ? {
          run: {
            id: null,
            task: null,
            tier: null,
            ageSeconds: null,
            tokens: null,
            llmCalls: null,
            pending: null,
            spentUsd: usd('run.spent_usd'),
            toolCalls: number('run.tool_calls'),
          },
          budget: { usedPct: number('budget.used_pct'), leftUsd: usd('budget.left_usd') },
        }
      : {}),
    detector: world.hasDetector ? DETECTOR : null,
    use: (window) => useOf(world, window),
  };
}

function useOf(world: World, window: UsageWindow): ReturnType<PolicyContext['use']> {
  const measure = window.measure === 'actions' ? 'rate' : 'spend';
  const per = ({ 60000: '1m', 3600000: '1h', 86400000: '1d' } as Record<number, string>)[window.perMs] ?? '';
  const actions = (window.actions ?? []).map((each) =>
    each.kind === 'equal' ? `=${each.action}` : `^${each.prefix}`,
  );
  const used = world.use({ measure, by: window.by, per, over: 0 }, actions);
  if (used === null) return null;
  return { used: measure === 'rate' ? used : fromUsd(used), fallsAtMs: world.fallsAtMs };
}
