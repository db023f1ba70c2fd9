// Reads one [[test]] of policy.toml: what is given (in the words that conditions use) and what is expected.
import * as z from 'zod';
import { fromUsd, type MicroUsd } from '../../core/ledger/money.ts';
import {
  llmCallRequest,
  proposalRequest,
  runStartRequest,
  toolRequest,
  UNOPPOSED,
} from '../../core/policy/action-request.ts';
import type { PolicyTest } from '../../core/policy/policy-test.ts';
import type { AgentFacts, BudgetFacts, PolicyRequest, RunFacts } from '../../core/policy/request.ts';
import type { AgentRules } from '../../core/rules/rules.ts';
import { parseRfc3339 } from '../../core/time.ts';
import { dollars, field, flag, line, oneOf, text, wholeNumber } from '../schema/field.ts';
import { isTable } from './read-table.ts';

/** In quotes: TOML's own dates take a day that its month lacks for one of the next month. */
const time = field(
  'a time with a zone',
  'write for example "2026-11-20T10:00:00+01:00", with the quotes',
  (value) => (typeof value === 'string' ? (parseRfc3339(value) ?? undefined) : undefined),
);
const percent = field('a number from 0', 'write a number without quotes, such as 85', (value) =>
  typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : undefined,
);
const count = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const words = line('write it in quotes');
const effect = oneOf(['require_approval', 'deny', 'allow']);

const given = z.preprocess(
  nested,
  z.strictObject({
    action: text(
      'the name of an action',
      'write for example action = "send_email"',
      /^[A-Za-z0-9][\w.:-]{0,127}$/,
    ),
    tool: words.optional(),
    resource: words.optional(),
    model: words.optional(),
    payload: z.unknown().optional(),
    result: z.unknown().optional(),
    cost_usd: dollars.optional(),
    reversible: flag.optional(),
    requires_approval: flag.optional(),
    agent: z
      .strictObject({
        id: words.optional(),
        risk: oneOf(['low', 'medium', 'high', 'critical']).optional(),
        labels: z.record(z.string(), words).optional(),
      })
      .optional(),
    run: z
      .strictObject({
        id: words.optional(),
        task: words.optional(),
        tier: oneOf(['confined', 'advisory']).optional(),
        age_seconds: percent.optional(),
        spent_usd: dollars.optional(),
        tokens: count.optional(),
        llm_calls: count.optional(),
        tool_calls: count.optional(),
        pending: count.optional(),
      })
      .optional(),
    budget: z.strictObject({ used_pct: percent.optional(), left_usd: dollars.optional() }).optional(),
    time: time.optional(),
    rate: count.optional(),
    spend_usd: dollars.optional(),
  }),
);

export const testTable = z.strictObject({
  name: line('write a sentence in quotes').optional(),
  given,
  expect: effect,
  rule: line('write the name of a rule in quotes').optional(),
});

type TestTable = z.output<typeof testTable>;
type Given = TestTable['given'];

/** A Wednesday at noon, UTC. */
const ORDINARY_TIME_MS = Date.UTC(2026, 0, 7, 12);

export function policyTest(
  table: TestTable,
  place: { readonly index: number; readonly line: number },
  agents: ReadonlyMap<string, AgentRules>,
): PolicyTest {
  const { given: said } = table;
  return {
    name: table.name ?? `test ${place.index + 1}: ${said.action}`,
    line: place.line,
    request: requestOf(said),
    isOfResult: said.result !== undefined,
    agent: agentOf(said, agents),
    ...(said.run === undefined ? {} : { run: runOf(said.run) }),
    ...(said.budget === undefined ? {} : { budget: budgetOf(said.budget) }),
    nowMs: said.time ?? ORDINARY_TIME_MS,
    earlierActions: said.rate ?? 0,
    spentUsd: micro(said.spend_usd) ?? fromUsd(0),
    expected: table.expect,
    expectedRule: table.rule ?? null,
  };
}

function requestOf(said: Given): PolicyRequest {
  const costUsd = micro(said.cost_usd);
  const request = byAction(said, costUsd);
  return {
    ...request,
    reversible: said.reversible ?? null,
    requiresApproval: said.requires_approval ?? null,
    ...(said.resource === undefined ? {} : { resource: said.resource }),
    ...(said.tool === undefined ? {} : { tool: said.tool }),
    ...(said.model === undefined ? {} : { model: said.model }),
    ...(costUsd === null ? {} : { costUsd }),
  };
}

/** The agent's tool lists and caps are not part of a policy: a test of it takes them to allow. */
function byAction(
  { action, payload, result, model, resource }: Given,
  costUsd: MicroUsd | null,
): PolicyRequest {
  if (action === 'llm_call') return llmCallRequest(model ?? null, costUsd);
  if (action === 'run_start') return runStartRequest(model ?? null);
  if (action.startsWith('tool:')) {
    const tool = action.slice('tool:'.length);
    const input = result ?? payload ?? {};
    return toolRequest({ tool, input, resource: resource ?? null, base: UNOPPOSED });
  }
  return proposalRequest({
    action,
    payload: payload ?? {},
    costUsd,
    reversible: null,
    requiresApproval: null,
  });
}

/** An id of this project's brings what its agent.toml says; what the test says itself wins. */
function agentOf({ agent }: Given, agents: ReadonlyMap<string, AgentRules>): AgentFacts {
  const own = agent?.id === undefined ? undefined : agents.get(agent.id);
  return {
    id: agent?.id ?? null,
    risk: agent?.risk ?? own?.risk ?? null,
    labels: { ...own?.labels, ...agent?.labels },
    may: own?.may ?? {},
  };
}

function runOf(run: NonNullable<Given['run']>): RunFacts {
  return {
    id: run.id ?? null,
    task: run.task ?? null,
    tier: run.tier ?? null,
    ageSeconds: run.age_seconds ?? null,
    spentUsd: micro(run.spent_usd),
    tokens: run.tokens ?? null,
    llmCalls: run.llm_calls ?? null,
    toolCalls: run.tool_calls ?? null,
    pending: run.pending ?? null,
  };
}

function budgetOf(budget: NonNullable<Given['budget']>): BudgetFacts {
  return { usedPct: budget.used_pct ?? null, leftUsd: micro(budget.left_usd) };
}

function micro(usd: number | undefined): MicroUsd | null {
  return usd === undefined ? null : fromUsd(usd);
}

/** `"agent.risk" = …` means `agent.risk = …`. Inside a payload, names are data and stay as they are. */
function nested(value: unknown): unknown {
  if (!isTable(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const [first = key, ...rest] = key.split('.');
    const parts =
      rest.length === 0 ? inner : rest.reduceRight<unknown>((deep, part) => ({ [part]: deep }), inner);
    result[first] = merged(result[first], first === 'agent' ? nested(parts) : parts);
  }
  return result;
}

function merged(a: unknown, b: unknown): unknown {
  if (!isTable(a) || !isTable(b)) return b;
  const result: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) result[key] = key in a ? merged(a[key], value) : value;
  return result;
}
