// Random policies and requests, from a seed: small pools of names and values, so that conditions meet what they look at.
import type { ConditionSpec, Effect, PolicySpec, RuleSpec, WindowSpec, World } from './reference-model.ts';

export type Random = () => number;

/** mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(random: Random, from: readonly T[]): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined && from.length === 0) throw new Error('nothing to pick from');
  return found as T;
}

const some = (random: Random, share: number): boolean => random() < share;

const PROPOSED = ['refund_payment', 'send_email', 'deploy_service', 'write_file', 'note', 'note_2'];
const ACTIONS = [...PROPOSED, 'tool:Read', 'tool:Bash', 'llm_call', 'run_start'];
const EFFECTS: readonly Effect[] = ['allow', 'require_approval', 'deny'];
const SEVERITIES = ['low', 'medium', 'high', 'critical'];
const RISKS = ['low', 'medium', 'high', 'critical'];
const TEXTS = ['a', 'b', 'ab', 'production/db', 'x@y', 'a SECRET', '5', '100', ''];
const NUMBERS = [-1, 0, 5, 99.99, 100, 100.01, 500];
const PATTERNS = ['^a', 'b$', '^production/', '[0-9]+', '^(a|b)*$', '@'];
const WINDOWS = [
  'Mon-Fri 09:00-17:00 Europe/Berlin',
  'Sat-Mon 22:00-06:00 America/New_York',
  'Sun 01:00-03:00 Europe/Berlin',
  'Mon-Sun 02:00-02:30 Australia/Lord_Howe',
  'Wed 00:00-24:00 UTC',
  'Fri 23:30-00:30 Asia/Kolkata',
  '2026-03-29..2026-03-29 Europe/Berlin',
  '2026-12-24..2027-01-02 UTC',
];
/** Changes of the clocks, and the ends of days, weeks and years. */
const MOMENTS = [
  '2026-03-29T01:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-03-08T07:00:00Z',
  '2026-11-01T06:00:00Z',
  '2026-04-04T15:00:00Z',
  '2026-10-03T15:30:00Z',
  '2026-01-07T08:00:00Z',
  '2026-07-10T18:30:00Z',
  '2026-12-31T23:00:00Z',
].map((text) => Date.parse(text));
const TEXT_PATHS = [
  'action',
  'tool',
  'resource',
  'model',
  'agent.id',
  'agent.risk',
  'agent.labels.role',
  'agent.labels.__proto__',
];
const NUMBER_PATHS = ['cost_usd', 'run.tool_calls', 'run.spent_usd', 'budget.used_pct', 'budget.left_usd'];
const JSON_PATHS = [
  'payload.amount',
  'payload.to',
  'payload.list',
  'payload.deep.er',
  'payload.list.0',
  'payload.toString',
];

function textFor(random: Random, path: string): string {
  if (path === 'action') return pick(random, ACTIONS);
  if (path === 'agent.risk') return pick(random, RISKS);
  return path === 'tool' ? pick(random, ['Read', 'Bash']) : pick(random, TEXTS.slice(0, -1));
}

function subset<T>(random: Random, from: readonly T[]): T[] {
  const found = from.filter(() => some(random, 0.4));
  return found.length === 0 ? [pick(random, from)] : found;
}

function textCondition(random: Random, path: string): ConditionSpec {
  const op = pick(random, [
    'eq',
    'eq',
    'eq',
    'ne',
    'in',
    'in',
    'not_in',
    'contains',
    'starts_with',
    'exists',
    'matches',
  ]);
  if (op === 'exists') return { path, op, value: some(random, 0.5) };
  if (op === 'matches') return { path, op, value: pick(random, PATTERNS) };
  if (op === 'in' || op === 'not_in')
    return { path, op, value: [textFor(random, path), textFor(random, path)] };
  if (op === 'starts_with' || op === 'contains')
    return { path, op, value: pick(random, ['a', 'tool:', 'note', 'pro', 'e']) };
  return { path, op, value: textFor(random, path) };
}

function numberCondition(random: Random, path: string): ConditionSpec {
  const op = pick(random, ['eq', 'ne', 'in', 'not_in', 'gt', 'gte', 'lt', 'lte', 'gt', 'lte', 'exists']);
  if (op === 'exists') return { path, op, value: some(random, 0.5) };
  return {
    path,
    op,
    value: op === 'in' || op === 'not_in' ? subset(random, NUMBERS) : pick(random, NUMBERS),
  };
}

function jsonCondition(random: Random): ConditionSpec {
  const path = pick(random, JSON_PATHS);
  const kind = random();
  if (kind < 0.4) return numberCondition(random, path);
  if (kind < 0.8) return textCondition(random, path);
  if (kind < 0.9) return { path, op: pick(random, ['eq', 'ne']), value: some(random, 0.5) };
  return { path: pick(random, ['payload', path]), op: 'detects', value: pick(random, ['pii', 'secret']) };
}

function fieldCondition(random: Random): ConditionSpec {
  const kind = random();
  if (kind < 0.35) return jsonCondition(random);
  if (kind < 0.65) return textCondition(random, pick(random, TEXT_PATHS));
  if (kind < 0.8) return numberCondition(random, pick(random, NUMBER_PATHS));
  if (kind < 0.85) return { path: 'payload', op: 'exists', value: some(random, 0.5) };
  const value = some(random, 0.3) ? subset(random, WINDOWS) : pick(random, WINDOWS);
  return { path: 'time', op: pick(random, ['within', 'outside']), value };
}

function windowCondition(random: Random): WindowSpec {
  const measure = pick(random, ['rate', 'spend'] as const);
  const per = pick(random, measure === 'rate' ? ['1m', '1h'] : ['1h', '1d']);
  return {
    measure,
    by: pick(random, ['agent', 'all']),
    per,
    over: pick(random, measure === 'rate' ? [0, 1, 5, 60] : [0, 0.01, 5, 100]),
  };
}

/** At most one condition on what is counted, as the parser wants it. */
function conditions(random: Random, isRated: boolean): ConditionSpec[] {
  const count = 1 + Math.floor(random() * 3);
  let list = Array.from({ length: count }, () => fieldCondition(random));
  if (isRated) list = list.filter((each) => !('path' in each && ['action', 'tool'].includes(each.path)));
  if (isRated && some(random, 0.6)) list.push({ path: 'action', ...pick(random, RATED) });
  // One test of each kind for a path: a table has no key twice.
  return [
    ...new Map(
      list.map((each) => [JSON.stringify('path' in each ? [each.path, each.op] : each), each]),
    ).values(),
  ];
}

const RATED = [
  { op: 'eq', value: 'refund_payment' },
  { op: 'in', value: ['note', 'send_email'] },
  { op: 'starts_with', value: 'tool:' },
] as const;

function randomRule(random: Random, index: number): RuleSpec {
  const effect = pick(random, EFFECTS);
  const isRated = some(random, 0.3);
  let when = conditions(random, isRated);
  let unless = some(random, 0.4) ? conditions(random, false) : null;
  if (isRated && effect !== 'allow')
    when = some(random, 0.3) ? [windowCondition(random)] : [...when, windowCondition(random)];
  if (isRated && effect === 'allow') unless = [...(unless ?? []), windowCondition(random)];
  if (when.length === 0) when = [{ path: 'action', op: 'ne', value: 'nothing' }].slice(isRated ? 1 : 0);
  if (when.length === 0) when = [{ path: 'payload', op: 'exists', value: true }];
  return {
    name: `${pick(random, ['a', 'm', 'z'])}-${index}`,
    effect,
    severity: pick(random, SEVERITIES),
    when,
    unless,
    timeoutMs: effect === 'require_approval' && some(random, 0.4) ? pick(random, [60_000, 3_600_000]) : null,
  };
}

export function randomPolicy(random: Random): PolicySpec {
  const rules = Array.from({ length: Math.floor(random() * 7) }, (_, index) => randomRule(random, index));
  const list = (): string[] => (some(random, 0.5) ? [] : subset(random, ACTIONS));
  return {
    defaultEffect: pick(random, EFFECTS),
    auto: list(),
    never: some(random, 0.6) ? [] : list(),
    rules,
  };
}

function value(random: Random, depth = 0): unknown {
  const kind = random();
  if (kind < 0.35) return pick(random, NUMBERS);
  if (kind < 0.65) return pick(random, TEXTS);
  if (kind < 0.72) return some(random, 0.5);
  if (kind < 0.78) return null;
  if (kind < 0.9 || depth > 1) return [pick(random, TEXTS), pick(random, NUMBERS)];
  return { er: value(random, depth + 1), 'x@y': 1 };
}

function payload(random: Random): unknown {
  if (some(random, 0.05)) return pick(random, [null, 'x@y', 5, ['a', 'SECRET']]);
  const fields: Record<string, unknown> = {};
  for (const name of ['amount', 'to', 'list', 'resource'])
    if (some(random, 0.7)) fields[name] = value(random);
  if (some(random, 0.5)) fields['deep'] = { er: value(random) };
  return fields;
}

const orNull = (random: Random, found: unknown): unknown => (some(random, 0.2) ? null : found);

export function randomWorld(random: Random): World {
  const action = pick(random, ACTIONS);
  const isProposal = PROPOSED.includes(action);
  const isTool = action.startsWith('tool:');
  const hasAgent = some(random, 0.9);
  const facts: Record<string, unknown> = {
    'agent.id': hasAgent ? orNull(random, pick(random, ['a', 'b'])) : null,
    'agent.risk': hasAgent ? orNull(random, pick(random, RISKS)) : null,
  };
  if (isProposal || isTool) {
    facts['payload'] = payload(random);
    facts['resource'] = orNull(random, pick(random, TEXTS));
  }
  if (isTool) facts['tool'] = action.slice('tool:'.length);
  if (isProposal || action === 'llm_call')
    facts['cost_usd'] = orNull(random, pick(random, [0, 0.01, 5, 10, 10.01, 100, 500]));
  if (action === 'llm_call' || action === 'run_start')
    facts['model'] = orNull(random, pick(random, ['a', 'b']));
  if (action !== 'run_start') {
    facts['run.tool_calls'] = orNull(random, pick(random, [0, 5, 100]));
    facts['run.spent_usd'] = orNull(random, pick(random, [0, 5, 99.99, 100]));
    facts['budget.used_pct'] = orNull(random, pick(random, [0, 5, 99.99, 100]));
    facts['budget.left_usd'] = orNull(random, pick(random, [0, 5, 100]));
  }
  const uses = new Map<string, number | null>();
  return {
    action,
    facts,
    nowMs: moment(random),
    labels: hasAgent ? (some(random, 0.6) ? { role: pick(random, ['a', 'b', 'admin']) } : {}) : null,
    reversible: pick(random, [null, null, true, false]),
    requiresApproval: pick(random, [null, null, false, true]),
    base: isProposal ? null : pick(random, isTool ? EFFECTS : (['allow'] as const)),
    may: hasAgent && some(random, 0.3) ? randomMay(random) : {},
    fallsAtMs: some(random, 0.2) ? null : Date.parse('2027-06-01T00:00:00.500Z'),
    hasDetector: some(random, 0.9),
    use(window, actions) {
      // Money is added up over all actions.
      const counted = window.measure === 'rate' ? actions : [];
      const key = JSON.stringify([window.measure, window.by, window.per, counted]);
      const known = uses.get(key);
      if (known !== undefined) return known;
      const used = some(random, 0.15)
        ? null
        : pick(random, window.measure === 'rate' ? [0, 1, 4, 5, 59, 60] : [0, 0.01, 5, 95, 99.99, 100]);
      uses.set(key, used);
      return used;
    },
  };
}

/** Near one of the moments, often on a full half hour, on any day of the week that follows. */
function moment(random: Random): number {
  const near = pick(random, MOMENTS) + Math.floor((random() - 0.5) * 14_400_000);
  const at = some(random, 0.4) ? Math.floor(near / 1_800_000) * 1_800_000 : near;
  return at + pick(random, [0, 0, 1, 2, 3, 4, 5, 6]) * 86_400_000;
}

function randomMay(random: Random): Record<string, unknown> {
  const may: Record<string, unknown> = {};
  for (const kind of ['write', 'send', 'execute', 'pay'])
    if (some(random, 0.4)) may[kind] = pick(random, EFFECTS);
  if (some(random, 0.5)) may['upTo'] = pick(random, [0, 10, 500]);
  return may;
}
