// The cases of a policy as a test runner shows them: one line each, and for what failed what was expected, what came out, and why.
import type { Effect } from '../../core/policy/decision.ts';
import { visibleLine } from '../../core/visible-text.ts';
import type { WirePolicyCase } from '../../server/wire/policy-cases.ts';
import type { Paint } from '../terminal.ts';
import { effectText } from './explained.ts';
import { plural } from './words.ts';

export function casesText(file: string, cases: readonly WirePolicyCase[], paint: Paint): string {
  if (cases.length === 0) {
    const example = '[[test]]\n  given = { action = "send_email" }\n  expect = "require_approval"';
    return `${visibleLine(file)} has no [[test]]. One looks like this:\n\n  ${example}`;
  }
  const lines = cases.flatMap((each) => [
    each.passed
      ? `${paint.green('✓')} ${visibleLine(each.name)}`
      : `${paint.red('✗')} ${visibleLine(each.name)}`,
    ...(each.passed ? [] : failureLines(file, each, paint)),
  ]);
  const failed = cases.filter(({ passed }) => !passed).length;
  const passed = paint.green(`${cases.length - failed} passed`);
  const sum = failed === 0 ? passed : `${passed}, ${paint.red(`${failed} failed`)}`;
  return [...lines, '', `${visibleLine(file)}: ${plural(cases.length, 'case')}, ${sum}`].join('\n');
}

/** Those that failed alone, for who is about to put the rules in force. */
export function failuresText(file: string, cases: readonly WirePolicyCase[], paint: Paint): string {
  const failed = cases.filter(({ passed }) => !passed);
  const head = `${failed.length} of ${plural(cases.length, 'case')} of ${visibleLine(file)} ${failed.length === 1 ? 'fails' : 'fail'}:`;
  const lines = failed.flatMap((each) => [
    `${paint.red('✗')} ${visibleLine(each.name)}`,
    ...failureLines(file, each, paint),
  ]);
  return [paint.yellow(head), ...lines].join('\n');
}

function failureLines(file: string, each: WirePolicyCase, paint: Paint): readonly string[] {
  const fact = (name: string, text: string): string => `    ${paint.dim(name.padEnd(9))} ${text}`;
  return [
    fact('at', `${visibleLine(file)}:${each.line}`),
    fact('expected', verdict(each.expected, each.expected_rule, paint)),
    fact('got', verdict(each.effect, each.rule, paint)),
    ...each.reasons.map((reason) => fact('why', visibleLine(reason))),
    ...(each.missed === null ? [] : [fact('why not', visibleLine(each.missed))]),
  ];
}

function verdict(effect: Effect, rule: string | null, paint: Paint): string {
  return rule === null ? effectText(effect, paint) : `${effectText(effect, paint)} by ${visibleLine(rule)}`;
}
