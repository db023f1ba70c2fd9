// What a condition may look at: which paths there are, what kind of value each has, and how it is read. Reading never follows what an
// object inherits, so that a payload can't answer with something that it does not hold.
import { toUsd } from '../ledger/money.ts';
import type { AgentFacts, BudgetFacts, PolicyContext, PolicyRequest, RunFacts } from './request.ts';

/** The path exists for this action, but there is nothing at it. */
export const MISSING: unique symbol = Symbol('missing');
/** The path does not exist for this action: a proposal has no model, say. */
export const NOT_HERE: unique symbol = Symbol('not here');

export interface Subject {
  readonly request: PolicyRequest;
  readonly context: PolicyContext;
}

/** `structure`: any JSON, looked at as a whole. `any`: a JSON value of which only a scalar or a list is compared. */
export type FieldType = 'text' | 'number' | 'any' | 'structure' | 'time';

export interface FieldPath {
  readonly text: string;
  readonly type: FieldType;
  /** The words that a text may be, when they are known. */
  readonly words?: readonly string[];
  read(subject: Subject): unknown;
}

interface Field {
  readonly type: FieldType;
  readonly words?: readonly string[];
  read(subject: Subject): unknown;
}

type OptionalFact = 'tool' | 'resource' | 'model';

const request = (key: OptionalFact): Field => ({
  type: 'text',
  read: (subject) => known(subject.request[key]),
});

const run = (type: FieldType, pick: (facts: RunFacts) => unknown): Field => ({
  type,
  read: ({ context }) => (context.run === undefined ? NOT_HERE : known(context.run && pick(context.run))),
});

const agentFact = ({ agent }: PolicyContext, pick: (facts: AgentFacts) => unknown): unknown =>
  agent === null ? MISSING : known(pick(agent));

const budgetFact = (
  budget: BudgetFacts | null | undefined,
  pick: (facts: BudgetFacts) => unknown,
): unknown => {
  if (budget === undefined) return NOT_HERE;
  return budget === null ? MISSING : known(pick(budget));
};

const usd = (amount: Parameters<typeof toUsd>[0] | null): number | null =>
  amount === null ? null : toUsd(amount);

const FIELDS: Readonly<Record<string, Field>> = {
  action: { type: 'text', read: ({ request: { action } }) => action },
  tool: request('tool'),
  resource: request('resource'),
  model: request('model'),
  cost_usd: {
    type: 'number',
    read: ({ request: { costUsd } }) => (costUsd === undefined ? NOT_HERE : known(usd(costUsd))),
  },
  payload: {
    type: 'structure',
    read: ({ request: { payload } }) => (payload === undefined ? NOT_HERE : known(payload)),
  },
  'agent.id': { type: 'text', read: ({ context }) => agentFact(context, ({ id }) => id) },
  'agent.risk': {
    type: 'text',
    words: ['low', 'medium', 'high', 'critical'],
    read: ({ context }) => agentFact(context, ({ risk }) => risk),
  },
  'run.id': run('text', ({ id }) => id),
  'run.task': run('text', ({ task }) => task),
  'run.tier': { ...run('text', ({ tier }) => tier), words: ['confined', 'advisory'] },
  'run.age_seconds': run('number', ({ ageSeconds }) => ageSeconds),
  'run.spent_usd': run('number', ({ spentUsd }) => usd(spentUsd)),
  'run.tokens': run('number', ({ tokens }) => tokens),
  'run.llm_calls': run('number', ({ llmCalls }) => llmCalls),
  'run.tool_calls': run('number', ({ toolCalls }) => toolCalls),
  'run.pending': run('number', ({ pending }) => pending),
  'budget.used_pct': {
    type: 'number',
    read: ({ context: { budget } }) => budgetFact(budget, ({ usedPct }) => usedPct),
  },
  'budget.left_usd': {
    type: 'number',
    read: ({ context: { budget } }) => budgetFact(budget, ({ leftUsd }) => usd(leftUsd)),
  },
  time: { type: 'time', read: ({ context: { nowMs } }) => nowMs },
};

/** Every path but those under `payload.` and `agent.labels.`, for hints. */
export const FIELD_NAMES: readonly string[] = [...Object.keys(FIELDS), 'payload.*', 'agent.labels.*'];

/** Null when there is no such path. */
export function fieldPath(segments: readonly string[]): FieldPath | null {
  if (segments.length === 0 || segments.includes('')) return null;
  const text = segments.join('.');
  if (Object.hasOwn(FIELDS, text)) {
    const field = FIELDS[text];
    return field === undefined ? null : { text, ...field };
  }
  const [root, second, ...more] = segments;
  if (root === 'payload') {
    const inside = segments.slice(1);
    return { text, type: 'any', read: ({ request: { payload } }) => within(payload, inside) };
  }
  if (root === 'agent' && second === 'labels' && more.length > 0) {
    const label = more.join('.');
    return {
      text,
      type: 'text',
      read: ({ context: { agent } }) =>
        agent !== null && Object.hasOwn(agent.labels, label) ? known(agent.labels[label]) : MISSING,
    };
  }
  return null;
}

/** Null says nothing, wherever it stands. */
function known(value: unknown): unknown {
  if (value === undefined) return NOT_HERE;
  return value === null ? MISSING : value;
}

function within(payload: unknown, segments: readonly string[]): unknown {
  if (payload === undefined) return NOT_HERE;
  let value: unknown = payload;
  for (const segment of segments) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return MISSING;
    if (Array.isArray(value) && !/^\d+$/.test(segment)) return MISSING;
    value = Reflect.get(value, segment);
  }
  return value === null || value === undefined ? MISSING : value;
}
