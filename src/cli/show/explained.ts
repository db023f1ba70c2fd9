// What the gate would say to an action, for a person: the verdict first, then why, then what it rests on.
import type { Effect } from '../../core/policy/decision.ts';
import { formatDuration } from '../../core/time.ts';
import { visibleLine } from '../../core/visible-text.ts';
import type { WireExplained } from '../../server/wire/policy.ts';
import { outputWidth, type Paint } from '../terminal.ts';
import { foldedWords } from './folded-words.ts';
import { severity } from './proposals.ts';

/** Where what is said begins. */
const TEXT_COLUMN = 10;

export function explainedText(explained: WireExplained, paint: Paint, width = outputWidth()): string {
  const { effect, rule, reasons, refusal, by_rules: byRules } = explained;
  const lines = [
    `${effectText(effect, paint)}  ${visibleLine(explained.action)}  ${severity(explained.severity, paint)}`,
  ];
  const fact = (name: string, text: string): void => {
    lines.push(foldedWords(`  ${paint.dim(name.padEnd(7))} ${text}`, width, TEXT_COLUMN));
  };
  fact(refusal?.code === rule ? 'refused' : 'rule', visibleLine(rule));
  for (const reason of reasons) fact('why', visibleLine(reason));
  if (explained.retry_after !== null) fact('retry', `in ${explained.retry_after} s`);
  if (effect === 'require_approval' && explained.approval_timeout_seconds !== null)
    fact('waits', `for ${formatDuration(explained.approval_timeout_seconds * 1_000)} at most`);
  if (refusal !== null) fact('hint', visibleLine(refusal.hint));
  if (byRules !== null) {
    fact(
      'rules',
      `by themselves they say ${effectText(byRules.effect, paint)}: ${visibleLine(byRules.rule)}`,
    );
    for (const reason of byRules.reasons) fact('', visibleLine(reason));
  }
  const who = explained.run_id === null ? explained.agent_id : `${explained.agent_id}, ${explained.run_id}`;
  if (who !== null) fact('as', visibleLine(who));
  for (const each of explained.assumed) fact('assumed', visibleLine(each));
  return lines.join('\n');
}

export function effectText(word: Effect, paint: Paint): string {
  if (word === 'allow') return paint.green(word);
  return word === 'deny' ? paint.red(word) : paint.yellow(word);
}
