// Makes the policy out of policy.toml, or says everything that is wrong in it, each with its line.
import { RESERVED_RULE_NAMES } from '../../core/policy/decide.ts';
import type { PolicyRules } from '../../core/policy/policy-rules.ts';
import type { PolicyTest } from '../../core/policy/policy-test.ts';
import type { Rule } from '../../core/policy/rule.ts';
import { ruleSet } from '../../core/policy/rule-set.ts';
import type { AgentRules } from '../../core/rules/rules.ts';
import type { ProblemList } from '../rules/problem-list.ts';
import { shown } from '../schema/field.ts';
import { policyFile } from '../schema/policy-file.ts';
import { keyProblem } from '../schema/problems.ts';
import type { KeyPath } from '../toml/key-locator.ts';
import type { TomlDocument } from '../toml/read-toml.ts';
import type { Reading } from './policy-problem.ts';
import { isTable } from './read-table.ts';
import { readRule } from './rule-table.ts';
import { policyTest } from './test-table.ts';

export interface PolicySurroundings {
  readonly timezone: string;
  readonly agents: ReadonlyMap<string, AgentRules>;
}

const DEFAULT_TIMEOUT_MS = 12 * 60 * 60 * 1_000;
/** So that no decision is slow. */
const MOST_RULES = 2_000;

/** Null after at least one problem was added. */
export function parsePolicy(
  document: TomlDocument,
  { timezone, agents }: PolicySurroundings,
  problems: ProblemList,
): PolicyRules | null {
  const file = problems.check(policyFile, document);
  if (file === null) return null;
  const reading: Reading = {
    timezone,
    report: ({ path, ...problem }) => problems.add(keyProblem(document, path, problem)),
    isDotted: (path) => isSamePlace(document, path),
  };
  const rules = readRules(file.rule ?? [], reading);
  return {
    defaultEffect: file.defaults?.effect ?? 'require_approval',
    timeoutMs: file.defaults?.timeout ?? DEFAULT_TIMEOUT_MS,
    autoApprove: new Set(file.auto_approve?.action_types),
    neverAutoApprove: new Set(file.never_auto_approve?.action_types),
    rules: ruleSet(rules),
    tests: readTests(document, file.test ?? [], agents, namesOf(file.rule ?? []), reading),
  };
}

function readRules(tables: readonly unknown[], reading: Reading): readonly Rule[] {
  if (tables.length > MOST_RULES) {
    const hint = 'join rules: one condition can take many values with in';
    reading.report({ path: ['rule', MOST_RULES], message: `is one rule more than ${MOST_RULES}`, hint });
  }
  const seen = new Map<string, number>();
  return tables.slice(0, MOST_RULES).flatMap((table, index) => {
    const name = isTable(table) ? table['name'] : undefined;
    if (typeof name === 'string') {
      const earlier = seen.get(name);
      if (earlier === undefined) seen.set(name, index);
      else {
        const message = `${shown(name)} is the name of another rule already (the ${ordinal(earlier)})`;
        reading.report({ path: ['rule', index, 'name'], message, hint: 'give each rule a name of its own' });
      }
    }
    return readRule(table, ['rule', index], reading) ?? [];
  });
}

type TestTables = NonNullable<ReturnType<typeof policyFile.parse>['test']>;

function readTests(
  document: TomlDocument,
  tables: TestTables,
  agents: ReadonlyMap<string, AgentRules>,
  rules: ReadonlySet<string>,
  { report }: Reading,
): readonly PolicyTest[] {
  const isKnown = (name: string): boolean => RESERVED_RULE_NAMES.has(name) || rules.has(name);
  return tables.map((table, index) => {
    const path: KeyPath = ['test', index];
    if (table.rule !== undefined && /^[a-z0-9][\w-]*$/i.test(table.rule) && !isKnown(table.rule)) {
      const hint = `rules: ${[...rules].join(', ') || 'none'}`;
      report({ path: [...path, 'rule'], message: `names no rule of this file: ${table.rule}`, hint });
    }
    if (table.given.result !== undefined && !table.given.action.startsWith('tool:')) {
      const hint = 'leave result out, or write the tool: action = "tool:Read"';
      report({ path: [...path, 'given', 'result'], message: 'is there for tool calls only', hint });
    }
    return policyTest(table, { index, line: document.locate(path).line }, agents);
  });
}

/** Of those with a mistake, too. */
function namesOf(tables: readonly unknown[]): ReadonlySet<string> {
  const names = tables.map((table) => (isTable(table) ? table['name'] : undefined));
  return new Set(names.filter((name) => typeof name === 'string'));
}

function isSamePlace(document: TomlDocument, path: KeyPath): boolean {
  const own = document.locate(path);
  const parent = document.locate(path.slice(0, -1));
  return own.line === parent.line && own.column === parent.column;
}

function ordinal(index: number): string {
  const number = index + 1;
  const tens = number % 100;
  const suffix = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${suffix}`;
}
