// What a replay of the past came to, for a person: how many would come out otherwise, what changes and by which rules, and examples with
// hidden characters made visible.
import type { Effect } from '../../core/policy/decision.ts';
import { visibleLine } from '../../core/visible-text.ts';
import type { WireSimulated, WireSimulatedExample } from '../../server/wire/simulation.ts';
import { outputWidth, type Paint } from '../terminal.ts';
import { foldedWords } from './folded-words.ts';
import { tableText } from './table.ts';
import { count, localTime, plural } from './words.ts';

const EFFECTS: readonly Effect[] = ['allow', 'require_approval', 'deny'];
const DONE: Readonly<Record<Effect, string>> = {
  allow: 'allowed',
  require_approval: 'held',
  deny: 'denied',
};

const MOST_GROUPS = 20;
const MOST_GROUPS_IN_SUMMARY = 8;
const LONGEST_LINE = 240;

export interface Names {
  /** What the changed rules are called: "edited", or the name of a file. */
  readonly changed: string;
}

export function simulatedText(found: WireSimulated, { changed }: Names, paint: Paint): string {
  const parts = [headline(found, paint)];
  if (found.actions > 0) parts.push(totalsText(found, changed, paint));
  if (found.differences > 0) parts.push(matrixText(found, changed, paint), groupsText(found, paint));
  if (found.rules.length > 0) parts.push(rulesText(found, changed, paint));
  if (found.examples.length > 0) parts.push(examplesText(found, paint));
  const notes = notesOf(found);
  if (notes.length > 0)
    parts.push(notes.map((note) => foldedWords(paint.dim(`· ${note}`), outputWidth(), 2)).join('\n'));
  return parts.join('\n\n');
}

/** A few lines, for who is asked to accept an edit. */
export function simulatedSummary(
  found: WireSimulated,
  bound: { readonly days: number; readonly actions: number },
  paint: Paint,
): string {
  const days = `the last ${plural(bound.days, 'day')}`;
  if (found.actions + found.not_replayed.total === 0)
    return `No action in ${days}: nothing to replay against these rules.`;
  const isFull = found.actions + found.not_replayed.total >= bound.actions;
  const actions = isFull ? `the newest ${plural(found.actions, 'action')}` : plural(found.actions, 'action');
  const lines = [`Against ${actions} of ${days}, ${verdict(found, paint)}`];
  if (found.differences > 0) lines.push(groupLines(found, MOST_GROUPS_IN_SUMMARY, paint));
  for (const note of notesOf(found)) lines.push(paint.dim(`· ${note}`));
  if (found.differences > 0) lines.push('  `governed-agents policy simulate` shows examples');
  return lines.join('\n');
}

function headline(found: WireSimulated, paint: Paint): string {
  if (found.from === null || found.to === null)
    return 'No action is recorded there: there is nothing to replay.';
  const span = `${localTime(found.from)} to ${localTime(found.to)}`;
  return foldedWords(
    `Replayed ${plural(found.actions, 'action')}, ${span}: ${verdict(found, paint)}`,
    outputWidth(),
    2,
  );
}

function verdict(found: WireSimulated, paint: Paint): string {
  if (found.differences === 0) return paint.green('none would be decided otherwise.');
  const stricter = found.stricter === 0 ? '' : `${count(found.stricter)} more strictly`;
  const looser = found.looser === 0 ? '' : `${count(found.looser)} less strictly`;
  const how = [stricter, looser].filter((part) => part !== '').join(', ');
  return paint.yellow(`${count(found.differences)} would be decided otherwise (${how}).`);
}

function totalsText(found: WireSimulated, changed: string, paint: Paint): string {
  return tableText(
    [
      { title: '' },
      { title: 'as recorded', align: 'right' },
      { title: 'in force', align: 'right' },
      { title: visibleLine(changed), align: 'right' },
    ],
    EFFECTS.map((effect) => [
      word(effect, paint),
      count(found.as_recorded[effect]),
      count(found.by_rules_in_force[effect]),
      count(found.by_changed_rules[effect]),
    ]),
    paint,
  );
}

function matrixText(found: WireSimulated, changed: string, paint: Paint): string {
  return tableText(
    [
      { title: `in force → ${visibleLine(changed)}` },
      ...EFFECTS.map((effect) => ({ title: DONE[effect], align: 'right' as const })),
    ],
    EFFECTS.map((from) => [
      word(from, paint),
      ...EFFECTS.map((to) => {
        const number = count(found.matrix[from][to]);
        return from === to || found.matrix[from][to] === 0 ? paint.dim(number) : paint.yellow(number);
      }),
    ]),
    paint,
  );
}

function groupsText(found: WireSimulated, paint: Paint): string {
  return `${paint.bold('What changes')}\n${groupLines(found, MOST_GROUPS, paint)}`;
}

function groupLines(found: WireSimulated, most: number, paint: Paint): string {
  const shown = found.changes.slice(0, most);
  const width = Math.max(...shown.map((each) => count(each.count).length));
  const lines = shown.map((each) => {
    const from = `${word(each.from, paint)} by ${visibleLine(each.rule_in_force)}`;
    const to = `${word(each.to, paint)} by ${visibleLine(each.rule_changed)}`;
    return `  ${count(each.count).padStart(width)} × ${paint.bold(visibleLine(each.action))}: ${from} → ${to}`;
  });
  const left = found.changes.length - shown.length;
  if (left > 0) lines.push(paint.dim(`  and ${plural(left, 'other kind')} of change (--json has them all)`));
  return lines.join('\n');
}

function rulesText(found: WireSimulated, changed: string, paint: Paint): string {
  return tableText(
    [
      { title: 'decided by' },
      { title: 'in force', align: 'right' },
      { title: visibleLine(changed), align: 'right' },
      { title: 'gained', align: 'right' },
      { title: 'lost', align: 'right' },
    ],
    found.rules.map((each) => [
      visibleLine(each.rule),
      count(each.in_force),
      count(each.changed),
      count(each.gained),
      count(each.lost),
    ]),
    paint,
  );
}

function examplesText(found: WireSimulated, paint: Paint): string {
  const heading = `${paint.bold('Examples')} ${paint.dim(`(${count(found.examples.length)} of ${count(found.differences)})`)}`;
  return [heading, ...found.examples.map((example) => exampleText(example, paint))].join('\n');
}

function exampleText(example: WireSimulatedExample, paint: Paint): string {
  const { in_force: before, changed: after } = example;
  const who = visibleLine(example.agent_id ?? 'operator');
  const what = paint.bold(visibleLine(example.action));
  const lines = [
    `  ${example.id ?? `event ${example.seq}`}  ${paint.dim(localTime(example.ts))}  ${who}  ${what}`,
    `    ${word(before.effect, paint)} by ${visibleLine(before.rule)} → ${word(after.effect, paint)} by ${visibleLine(after.rule)}`,
  ];
  if (example.content !== '{}' && example.content !== '')
    lines.push(`    ${oneLine(example.content, example.content_is_cut)}`);
  for (const reason of after.reasons) lines.push(`    why  ${oneLine(reason, false)}`);
  if (example.as_recorded.effect !== before.effect) {
    lines.push(
      paint.dim(
        `    it was ${DONE[example.as_recorded.effect]} then, by ${visibleLine(example.as_recorded.rule)}`,
      ),
    );
  }
  return lines.join('\n');
}

function oneLine(text: string, isCut: boolean): string {
  const characters = [...text];
  const isLong = characters.length > LONGEST_LINE;
  return `${visibleLine(isLong ? characters.slice(0, LONGEST_LINE).join('') : text)}${isLong || isCut ? '…' : ''}`;
}

function notesOf(found: WireSimulated): readonly string[] {
  const notes: string[] = [];
  const { no_input, no_payload } = found.not_replayed;
  if (no_input > 0) {
    notes.push(
      `${plural(no_input, 'tool call')} could not be replayed: the input is not in the record ([record] include_content); taken as decided then`,
    );
  }
  if (no_payload > 0) {
    notes.push(
      `${plural(no_payload, 'action')} could not be replayed: what it was about is not kept any more; taken as decided then`,
    );
  }
  if (found.not_as_recorded > 0) {
    notes.push(
      `${plural(found.not_as_recorded, 'action')} would be decided otherwise by the rules in force than then: the rules were others, or a fact is not known any more`,
    );
  }
  if (found.is_cut_before)
    notes.push('what was done long before is not in the windows and budgets of this replay');
  return notes;
}

function word(effect: Effect, paint: Paint): string {
  if (effect === 'allow') return paint.green(DONE[effect]);
  return effect === 'deny' ? paint.red(DONE[effect]) : paint.yellow(DONE[effect]);
}
