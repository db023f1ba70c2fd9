// A second, deliberately naive reading of the policy: no compiling, no filing, no short cuts. It shares no code with the engine and is
// compared with it on random policies and requests. Three-valued logic: true, false, null for what can't be told.

export type Effect = 'allow' | 'require_approval' | 'deny';

export interface FieldSpec {
  readonly path: string;
  readonly op: string;
  readonly value: unknown;
}
export interface WindowSpec {
  readonly measure: 'rate' | 'spend';
  readonly by: 'agent' | 'all';
  readonly per: string;
  /** Actions, or dollars. */
  readonly over: number;
}
export type ConditionSpec = FieldSpec | WindowSpec;

export interface RuleSpec {
  readonly name: string;
  readonly effect: Effect;
  readonly severity: string;
  readonly when: readonly ConditionSpec[];
  readonly unless: readonly ConditionSpec[] | null;
  readonly timeoutMs: number | null;
}

export interface PolicySpec {
  readonly defaultEffect: Effect;
  readonly auto: readonly string[];
  readonly never: readonly string[];
  readonly rules: readonly RuleSpec[];
}

/** Everything an action may be asked about, by path: a path that is absent does not exist for it, null is not known. */
export interface World {
  readonly action: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly nowMs: number;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly reversible: boolean | null;
  readonly requiresApproval: boolean | null;
  readonly base: Effect | null;
  readonly may: Readonly<Record<string, unknown>>;
  /** Earlier use of a window, counted only over the actions that a rule names; null: not known. */
  use(window: WindowSpec, actions: readonly string[]): number | null;
  readonly fallsAtMs: number | null;
  readonly hasDetector: boolean;
}

export interface ModelDecision {
  readonly effect: Effect;
  readonly rule: string;
  readonly severity: string;
  /** The names that the reasons begin with. */
  readonly reasons: readonly string[];
  readonly retry: number | null;
  readonly timeout: number | null;
}

type Three = boolean | null;

const ORDER = ['allow', 'require_approval', 'deny'];
const SEVERITY = ['low', 'medium', 'high', 'critical'];

export function decideByModel(policy: PolicySpec, world: World): ModelDecision {
  const says: ModelDecision[] = [];
  const say = (effect: Effect, rule: string, severity: string, more: Partial<ModelDecision> = {}): void => {
    says.push({ effect, rule, severity, reasons: [rule], retry: null, timeout: null, ...more });
  };
  let isMatched = false;
  if (policy.never.includes(world.action)) {
    isMatched = true;
    say('require_approval', 'never_auto_approve', 'high');
  } else if (policy.auto.includes(world.action)) {
    isMatched = true;
    say('allow', 'auto_approve', 'low');
  }
  const notAllowed: string[] = [];
  for (const rule of policy.rules) {
    const actions = actionsOf(rule);
    const when = every(rule.when.map((each) => holds(each, world, actions)));
    const unless =
      rule.unless === null ? false : every(rule.unless.map((each) => holds(each, world, actions)));
    const { effect, name, severity, timeoutMs: timeout } = rule;
    if (when === false || unless === true) continue;
    if (when === true && (unless === false || effect !== 'allow')) {
      isMatched = true;
      say(effect, name, severity, {
        retry: effect === 'deny' ? retryOf(rule, world, actions) : null,
        timeout,
      });
    } else if (effect === 'allow') notAllowed.push(name);
    else say('require_approval', name, severity, { timeout });
  }
  if (world.reversible === false) say('require_approval', 'irreversible', 'high');
  if (world.requiresApproval === true) say('require_approval', 'agent_asked', 'medium');
  sayMay(world, say);
  if (world.base !== null) say(world.base, 'base', 'low');
  else if (!isMatched) sayDefault(policy, world, notAllowed, say);
  return combine(says);
}

/** Of what a tool brought back, which stands as payload: only rules that restrict and search it are asked. Null: nothing against it. */
export function judgeResultByModel(policy: PolicySpec, world: World): ModelDecision | null {
  const says: ModelDecision[] = [];
  for (const { name, effect, severity, when, unless, timeoutMs: timeout } of policy.rules) {
    const ofPayload = when.filter(
      (each): each is FieldSpec => 'path' in each && /^payload\b/.test(each.path),
    );
    const asked =
      effect !== 'allow' &&
      !when.some((each) => 'measure' in each) &&
      ofPayload.some(({ op }) => op === 'detects') &&
      ofPayload.every(({ path }) => lookUp(path, world).is === 'there');
    if (!asked) continue;
    const holdsAll = every(when.map((each) => holds(each, world, [])));
    const exempt = unless === null ? false : every(unless.map((each) => holds(each, world, [])));
    if (holdsAll === false || exempt === true) continue;
    const said = holdsAll === true ? effect : 'require_approval';
    says.push({ effect: said, rule: name, severity, reasons: [name], retry: null, timeout });
  }
  return says.length === 0 ? null : combine(says);
}

type Say = (effect: Effect, rule: string, severity: string, more?: Partial<ModelDecision>) => void;

function combine(says: readonly ModelDecision[]): ModelDecision {
  const strictest = Math.max(...says.map(({ effect }) => ORDER.indexOf(effect)));
  const winners = says.filter(({ effect }) => ORDER.indexOf(effect) === strictest);
  const highest = Math.max(...winners.map(({ severity }) => SEVERITY.indexOf(severity)));
  const rule = winners
    .filter(({ severity }) => SEVERITY.indexOf(severity) === highest)
    .map((each) => each.rule)
    .sort()[0];
  const retries = winners.map(({ retry }) => retry);
  const timeouts = winners.flatMap(({ timeout }) => (timeout === null ? [] : [timeout]));
  return {
    effect: ORDER[strictest] as Effect,
    rule: rule ?? '',
    severity: SEVERITY[highest] ?? '',
    reasons: winners.flatMap(({ reasons }) => reasons).sort(),
    retry: retries.includes(null) ? null : Math.max(...retries.map(Number)),
    timeout: timeouts.length === 0 ? null : Math.min(...timeouts),
  };
}

const KINDS: Record<string, string> = {
  refund_payment: 'pay',
  send_email: 'send',
  deploy_service: 'execute',
  write_file: 'write',
};
const PROFILES: Record<string, Record<string, unknown>> = {
  low: { write: 'allow', send: 'allow', execute: 'allow', pay: 'allow', upTo: 100 },
  medium: { write: 'allow', send: 'require_approval', execute: 'allow', pay: 'allow', upTo: 10 },
  high: {
    write: 'allow',
    send: 'require_approval',
    execute: 'require_approval',
    pay: 'require_approval',
    upTo: null,
  },
  critical: {
    write: 'require_approval',
    send: 'require_approval',
    execute: 'require_approval',
    pay: 'deny',
    upTo: null,
  },
};

function sayMay(world: World, say: Say): void {
  const kind = KINDS[world.action];
  if (kind === undefined || world.labels === null) return;
  const own = world.may[kind];
  if (own === 'deny') say('deny', `may.${kind}`, 'high');
  else if (own === 'require_approval') say('require_approval', `may.${kind}`, 'medium');
  else if (kind === 'pay' && 'upTo' in world.may && isOverLimit(world.may['upTo'], world)) {
    say('require_approval', 'may.pay_up_to_usd', 'medium');
  }
}

function sayDefault(policy: PolicySpec, world: World, notAllowed: readonly string[], say: Say): void {
  const risk = world.facts['agent.risk'];
  const kind = KINDS[world.action];
  let byRisk: Effect = 'allow';
  if (typeof risk === 'string' && kind === undefined)
    byRisk = risk === 'critical' ? 'require_approval' : 'allow';
  else if (typeof risk === 'string' && kind !== undefined) {
    // What [may] restricts itself is said by it alone; where it allows, or is silent, the profile goes on.
    const own = world.may[kind];
    if (own === undefined) byRisk = PROFILES[risk]?.[kind] as Effect;
    const isAllowed = own === 'allow' || (own === undefined && byRisk === 'allow');
    if (kind === 'pay' && isAllowed && !('upTo' in world.may) && isOverLimit(PROFILES[risk]?.['upTo'], world))
      byRisk = 'require_approval';
  }
  if (ORDER.indexOf(byRisk) > ORDER.indexOf(policy.defaultEffect)) {
    say(byRisk, `risk.${String(risk)}`, byRisk === 'deny' ? 'high' : 'medium');
  } else say(policy.defaultEffect, 'defaults', 'medium', { reasons: ['defaults', ...notAllowed] });
}

function isOverLimit(limit: unknown, world: World): boolean {
  const cost = world.facts['cost_usd'];
  return typeof limit === 'number' && (typeof cost !== 'number' || cost > limit);
}

function every(truths: readonly Three[]): Three {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

function actionsOf(rule: RuleSpec): readonly string[] {
  for (const each of rule.when) {
    if (!('path' in each) || each.path !== 'action') continue;
    if (each.op === 'eq') return [`=${String(each.value)}`];
    if (each.op === 'in') return (each.value as string[]).map((name) => `=${name}`);
    if (each.op === 'starts_with') return [`^${String(each.value)}`];
  }
  return [];
}

function ownShare(window: WindowSpec, world: World): number {
  if (window.measure === 'rate') return 1;
  const cost = world.facts['cost_usd'];
  return typeof cost === 'number' ? cost : 0;
}

/** Micro-dollars, so that sums of cents are exact. */
function total(used: number, window: WindowSpec, world: World): number {
  return window.measure === 'rate'
    ? used + 1
    : Math.round(used * 1e6) + Math.round(ownShare(window, world) * 1e6);
}

function limitOf(window: WindowSpec): number {
  return window.measure === 'rate' ? window.over : Math.round(window.over * 1e6);
}

function retryOf(rule: RuleSpec, world: World, actions: readonly string[]): number | null {
  const windows = rule.when.filter((each): each is WindowSpec => 'measure' in each);
  const passable = windows.filter(
    (each) => total(0, each, world) <= limitOf(each) && world.use(each, actions) !== null,
  );
  if (passable.length === 0 || world.fallsAtMs === null) return null;
  return Math.max(1, Math.ceil((world.fallsAtMs - world.nowMs) / 1000));
}

function holds(condition: ConditionSpec, world: World, actions: readonly string[]): Three {
  if ('measure' in condition) {
    const used = world.use(condition, actions);
    return used === null ? null : total(used, condition, world) > limitOf(condition);
  }
  const { path, op, value } = condition;
  const found = lookUp(path, world);
  if (op === 'exists') return (found.is === 'there') === value;
  if (found.is === 'nowhere') return false;
  if (found.is === 'missing') return null;
  return compare(found.value, op, value, world);
}

type Found = { is: 'there'; value: unknown } | { is: 'missing' } | { is: 'nowhere' };

function lookUp(path: string, world: World): Found {
  if (path === 'action') return { is: 'there', value: world.action };
  if (path === 'time') return { is: 'there', value: world.nowMs };
  if (path.startsWith('agent.labels.')) {
    const label = path.slice('agent.labels.'.length);
    const entry = Object.entries(world.labels ?? {}).find(([name]) => name === label);
    return entry === undefined ? { is: 'missing' } : { is: 'there', value: entry[1] };
  }
  const root = path.startsWith('payload.') ? 'payload' : path;
  if (!(root in world.facts)) return { is: 'nowhere' };
  let value = world.facts[root];
  if (root !== path) {
    for (const name of path.split('.').slice(1)) {
      const entries: [string, unknown][] =
        value !== null && typeof value === 'object' ? Object.entries(value) : [];
      value = entries.find(([each]) => each === name)?.[1] ?? null;
    }
  }
  return value === null || value === undefined ? { is: 'missing' } : { is: 'there', value };
}

function compare(actual: unknown, op: string, wanted: unknown, world: World): Three {
  const sameType = typeof actual === typeof (Array.isArray(wanted) ? wanted[0] : wanted);
  const bothText = typeof actual === 'string' && typeof wanted === 'string';
  const bothNumbers = typeof actual === 'number' && typeof wanted === 'number';
  if (op === 'eq') return sameType ? actual === wanted : null;
  if (op === 'ne') return sameType ? actual !== wanted : null;
  if (op === 'in') return sameType ? (wanted as unknown[]).includes(actual) : null;
  if (op === 'not_in') return sameType ? !(wanted as unknown[]).includes(actual) : null;
  if (op === 'gt') return bothNumbers ? actual > wanted : null;
  if (op === 'gte') return bothNumbers ? actual >= wanted : null;
  if (op === 'lt') return bothNumbers ? actual < wanted : null;
  if (op === 'lte') return bothNumbers ? actual <= wanted : null;
  if (op === 'contains') {
    if (Array.isArray(actual)) return actual.some((item) => item === wanted);
    return bothText ? actual.indexOf(wanted) >= 0 : null;
  }
  if (op === 'starts_with') return bothText ? actual.slice(0, wanted.length) === wanted : null;
  if (op === 'matches') return bothText ? new RegExp(wanted, 'u').test(actual) : null;
  if (op === 'detects')
    return world.hasDetector ? holdsText(actual, wanted === 'pii' ? '@' : 'SECRET') : null;
  if (op === 'within') return [wanted].flat().some((text) => isWithin(String(text), Number(actual)));
  if (op === 'outside') return ![wanted].flat().some((text) => isWithin(String(text), Number(actual)));
  throw new Error(`the model knows no ${op}`);
}

/** The detector of the tests: `@` is personal, `SECRET` is secret. */
function holdsText(value: unknown, mark: string): boolean {
  if (typeof value === 'string') return value.includes(mark);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, inner]) => (!Array.isArray(value) && name.includes(mark)) || holdsText(inner, mark),
  );
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** "2026-03-29 01:30" on the wall, with the name of the day before it. */
function wall(
  nowMs: number,
  timeZone: string,
): { readonly day: string; readonly date: string; readonly time: string } {
  const known = formats.get(timeZone);
  const format =
    known ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  formats.set(timeZone, format);
  // "Sun, 29/03/2026, 01:30"
  const text = format.format(nowMs);
  const [, day = '', d = '', m = '', y = '', time = ''] =
    /^(\w{3}), (\d\d)\/(\d\d)\/(\d{4}), (\d\d:\d\d)$/.exec(text) ?? [];
  return { day, date: `${y}-${m}-${d}`, time };
}

const WEEK = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** For "DAYS HH:MM-HH:MM ZONE" with DAYS one day or a range, and "DATE..DATE ZONE". Texts order as times do. */
function isWithin(text: string, nowMs: number): boolean {
  const [first = '', second = '', third = ''] = text.split(' ');
  if (first.includes('..')) {
    const { date } = wall(nowMs, second);
    const [from = '', to = ''] = first.split('..');
    return date >= from && date <= to;
  }
  const now = wall(nowMs, third);
  const [firstDay = '', lastDay = firstDay] = first.split('-');
  const days: string[] = [];
  for (let index = WEEK.indexOf(firstDay); ; index = (index + 1) % 7) {
    days.push(WEEK[index] ?? '');
    if (WEEK[index] === lastDay) break;
  }
  const yesterday = WEEK[(WEEK.indexOf(now.day) + 6) % 7] ?? '';
  const [from = '', to = ''] = second.split('-');
  if (from < to) return days.includes(now.day) && now.time >= from && now.time < to;
  return (days.includes(now.day) && now.time >= from) || (days.includes(yesterday) && now.time < to);
}
