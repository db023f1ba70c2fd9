// Reads one [[rule]] of policy.toml. What belongs to approvals by several people is refused by name, for ignoring it would loosen.
import { RESERVED_RULE_NAMES } from '../../core/policy/decide.ts';
import type { Effect, Severity } from '../../core/policy/decision.ts';
import { conditionsText } from '../../core/policy/reason.ts';
import type { Condition, Rule } from '../../core/policy/rule.ts';
import type { ActionFilter } from '../../core/policy/usage-window.ts';
import { duration, line, notYetProblem, oneOf, text } from '../schema/field.ts';
import type { KeyPath } from '../toml/key-locator.ts';
import { readConditions } from './condition-table.ts';
import type { Reading } from './policy-problem.ts';
import { readTable, type Table, unknownKey } from './read-table.ts';
import { readValue } from './read-value.ts';

interface Conditions {
  readonly when: readonly Condition[];
  readonly unless: readonly Condition[];
}

const KEYS = ['name', 'description', 'severity', 'effect', 'when', 'unless', 'approval'];
const APPROVAL_KEYS = ['timeout'];
const NOT_YET: Readonly<Record<string, string>> = {
  approvals: 'more than one approval',
  approvers: 'naming who may approve',
  presence: 'asking for presence',
  notify: 'telling chosen people',
  channels: 'more channels to tell people',
};
const SEVERITY: Readonly<Record<Effect, Severity>> = {
  allow: 'low',
  require_approval: 'medium',
  deny: 'high',
};

const ruleName = text(
  'a name of letters, digits, _ and -',
  'write for example name = "big-refunds"',
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
);

/** Null after at least one problem was reported. */
export function readRule(written: unknown, path: KeyPath, reading: Reading): Rule | null {
  const value = readTable(written, path, 'write [[rule]] on a line of its own', reading);
  if (value === null) return null;
  refuseUnknown(value, path, KEYS, reading);
  const name = readName(value, path, reading);
  const effect = readValue(
    oneOf(['require_approval', 'deny', 'allow']),
    value['effect'],
    [...path, 'effect'],
    reading,
  );
  const given = <T>(key: string, read: (inner: unknown, at: KeyPath) => T): T | undefined =>
    value[key] === undefined ? undefined : read(value[key], [...path, key]);
  const description = given('description', (inner, at) =>
    readValue(line('write a sentence in quotes'), inner, at, reading),
  );
  const severity = given('severity', (inner, at) =>
    readValue(oneOf(['low', 'medium', 'high', 'critical']), inner, at, reading),
  );
  const when = given('when', (inner, at) => readConditions(inner, at, reading));
  if (when === undefined) {
    const hint =
      'name what it speaks of: when = { action = "send_email" }; for everything else there is [defaults]';
    reading.report({ path: [...path, 'when'], message: 'is missing', hint });
  }
  const unless = given('unless', (inner, at) => readConditions(inner, at, reading));
  const approval = given('approval', (inner, at) => readApproval(inner, at, effect, reading));
  if (name === null || effect === null || when === undefined) return null;
  checkWindows(effect, { when, unless: unless ?? [] }, path, reading);
  const actions = countedActions({ when, unless: unless ?? [] }, path, reading);
  const counted = when.map((each) => counting(each, actions));
  const exempt = unless?.map((each) => counting(each, actions)) ?? null;
  return {
    name,
    summary: description ?? conditionsText(counted, exempt),
    severity: severity ?? SEVERITY[effect],
    effect,
    when: counted,
    unless: exempt,
    approvalTimeoutMs: approval ?? null,
  };
}

function readName(value: Table, path: KeyPath, reading: Reading): string | null {
  const name = readValue(ruleName, value['name'], [...path, 'name'], reading);
  if (name === null || !RESERVED_RULE_NAMES.has(name)) return name;
  const message = `${JSON.stringify(name)} stands for what is no rule`;
  reading.report({ path: [...path, 'name'], message, hint: 'choose another name' });
  return null;
}

function refuseUnknown(value: Table, path: KeyPath, known: readonly string[], { report }: Reading): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const later = Object.hasOwn(NOT_YET, key) ? NOT_YET[key] : undefined;
    if (later !== undefined) {
      report({ path: [...path, key], ...notYetProblem(later, 'leave it out: the operator decides alone') });
      continue;
    }
    unknownKey(path, key, known, report);
  }
}

/** In milliseconds. */
function readApproval(
  written: unknown,
  path: KeyPath,
  effect: Effect | null,
  reading: Reading,
): number | null {
  const value = readTable(written, path, 'write approval = { timeout = "1h" }', reading);
  if (value === null) return null;
  refuseUnknown(value, path, APPROVAL_KEYS, reading);
  if (effect === 'allow' || effect === 'deny') {
    const hint = 'leave approval out, or set effect = "require_approval"';
    reading.report({ path, message: `has no meaning for effect = "${effect}"`, hint });
  }
  return value['timeout'] === undefined
    ? null
    : readValue(duration, value['timeout'], [...path, 'timeout'], reading);
}

/** A window may only ever tighten: in what holds a restricting rule, or in what takes an allowing one back. */
function checkWindows(
  effect: Effect,
  { when, unless }: Conditions,
  path: KeyPath,
  { report }: Reading,
): void {
  const [place, key] = effect === 'allow' ? ([when, 'when'] as const) : ([unless, 'unless'] as const);
  if (!place.some(({ kind }) => kind === 'window')) return;
  const hint = effect === 'allow' ? 'write it under unless' : 'write it under when';
  const message = `would let more pass the more was done before (rate and spend, effect = "${effect}")`;
  report({ path: [...path, key], message, hint });
}

/** A rate in a rule about some actions counts those; null: all. */
function countedActions(
  rule: Conditions,
  path: KeyPath,
  { report }: Reading,
): readonly ActionFilter[] | null {
  if (![...rule.when, ...rule.unless].some(isRate)) return null;
  const named = rule.when.filter((each) => each.kind === 'field' && NAMES_ACTION.has(each.path.text));
  const filters = named.flatMap(filtersOf);
  if (named.length > 1 || (named.length === 1 && filters.length === 0)) {
    const hint = 'name the actions that a rate counts once, with one of eq, in, starts_with';
    report({ path: [...path, 'when'], message: 'does not say clearly which actions its rate counts', hint });
  }
  return filters.length === 0 ? null : filters;
}

const NAMES_ACTION: ReadonlySet<string> = new Set(['action', 'tool']);

function isRate(condition: Condition): boolean {
  return condition.kind === 'window' && condition.limit.window.measure === 'actions';
}

function filtersOf(condition: Condition): readonly ActionFilter[] {
  if (condition.kind !== 'field') return [];
  const before = condition.path.text === 'tool' ? 'tool:' : '';
  const { test } = condition;
  const equal = (value: unknown): ActionFilter => ({ kind: 'equal', action: `${before}${value}` });
  if (test.op === 'eq') return [equal(test.value)];
  if (test.op === 'in') return [...test.values].map(equal);
  return test.op === 'starts_with' ? [{ kind: 'prefix', prefix: `${before}${test.value}` }] : [];
}

function counting(condition: Condition, actions: readonly ActionFilter[] | null): Condition {
  if (condition.kind !== 'window' || !isRate(condition)) return condition;
  const { limit } = condition;
  return { kind: 'window', limit: { ...limit, window: { ...limit.window, actions } } };
}
