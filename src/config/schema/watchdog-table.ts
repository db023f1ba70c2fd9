// The [watchdog] table: at how many occurrences each thing is done, in one of two forms.
import * as z from 'zod';
import { parseDurationMs } from '../../core/time.ts';
import { DEFAULT_WATCH_RULES, type Escalation, type WatchRules } from '../../core/watch/watch-rules.ts';
import { field, fieldIssue, notYet, oneOf, wholeNumber } from './field.ts';

const FORMS = 'write { warn = 3, pause = 5 }, or { n = 5, do = "pause" }';
const count = wholeNumber(1, 1_000_000);

const seconds = field('a number of seconds or a time such as "5m"', FORMS, (value) => {
  const wanted = typeof value === 'string' ? (parseDurationMs(value) ?? 0) / 1_000 : value;
  return typeof wanted === 'number' && Number.isInteger(wanted) && wanted >= 1 && wanted <= 31_622_400
    ? wanted
    : undefined;
});

function escalation(threshold: typeof count) {
  return z
    .strictObject({
      warn: threshold.optional(),
      pause: threshold.optional(),
      kill: threshold.optional(),
      n: threshold.optional(),
      do: oneOf(['off', 'warn', 'pause', 'kill']).optional(),
    })
    .superRefine((rule, context) => {
      const problem = formProblem(rule);
      if (problem !== null) context.addIssue(fieldIssue({ message: problem, hint: FORMS }));
    });
}

type Rule = z.output<ReturnType<typeof escalation>>;

function formProblem(rule: Rule): string | null {
  const isShort = rule.n !== undefined || rule.do !== undefined;
  const isLong = rule.warn !== undefined || rule.pause !== undefined || rule.kill !== undefined;
  if (isShort && isLong) return 'mixes two forms';
  if (isShort && rule.do === undefined) return 'says how often, but not what to do';
  if (isShort && rule.do !== 'off' && rule.n === undefined) return 'says what to do, but not at how many';
  const steps = [rule.warn, rule.pause, rule.kill].filter((step) => step !== undefined);
  return steps.some((step, index) => index > 0 && step < (steps[index - 1] ?? 0))
    ? 'must rise from warn to pause to kill'
    : null;
}

export const watchdogTable = z.strictObject({
  repeat: escalation(count).optional(),
  errors: escalation(count).optional(),
  stuck: escalation(seconds).optional(),
  burn: notYet('a rule on the speed of spending', 'use a cap in [budget], such as hour_usd').optional(),
  silence: notYet('a rule on silence', 'use [limits] timeout in agent.toml').optional(),
});

export function watchRules(table: z.output<typeof watchdogTable>): WatchRules {
  return {
    repeat: table.repeat === undefined ? DEFAULT_WATCH_RULES.repeat : steps(table.repeat),
    errors: table.errors === undefined ? DEFAULT_WATCH_RULES.errors : steps(table.errors),
    stuckSeconds: table.stuck === undefined ? DEFAULT_WATCH_RULES.stuckSeconds : steps(table.stuck),
  };
}

function steps(rule: Rule): Escalation {
  const { n, do: action, warn, pause, kill } = rule;
  if (action === 'off') return {};
  if (action !== undefined && n !== undefined) return { [action]: n };
  return {
    ...(warn === undefined ? {} : { warn }),
    ...(pause === undefined ? {} : { pause }),
    ...(kill === undefined ? {} : { kill }),
  };
}
