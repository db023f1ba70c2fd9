// The brief as a person reads it in the morning: what ran, what it cost, what was decided, what waits for them, what was stopped, and the files that
// agents changed meanwhile.
import { clockWarnings } from '../../core/clock-behind.ts';
import { formatDuration, toRfc3339 } from '../../core/time.ts';
import { visibleLine } from '../../core/visible-text.ts';
import { readTip } from '../../store/entry.ts';
import { type Output, warn } from '../output.ts';
import type { Project } from '../project.ts';
import { type Brief, sumUp } from '../record/brief.ts';
import { eventsSince } from '../record/each-event.ts';
import type { NearMiss } from '../record/near-miss.ts';
import { type Waiting, whatWaits } from '../record/what-waits.ts';
import { openForReading } from '../state.ts';
import { outputWidth } from '../terminal.ts';
import { sinceOption } from '../time-option.ts';
import { filesChanged, MOST_FILES } from './files-changed.ts';
import { foldedWords } from './folded-words.ts';
import { right, tableText } from './table.ts';
import { wayOn } from './way-on.ts';
import { ago, clockTime, count, dollars, localTime, plural, status } from './words.ts';

/** Where the text of a row begins. */
const TEXT_COLUMN = 12;
const MOST_MISSES = 12;
const MOST_WAITING = 5;

export async function showBrief(project: Project, output: Output, sinceText: string): Promise<void> {
  const nowMs = Date.now();
  const sinceMs = sinceOption('--since', sinceText, nowMs);
  const store = openForReading(project);
  const brief = sumUp(eventsSince(store, sinceMs));
  const waits = whatWaits(store);
  const warnings = clockWarnings(nowMs, readTip(store).tsMs);
  store.close();
  const files = filesChanged(project.dir, sinceMs);
  output.data({ since: toRfc3339(sinceMs), ...brief, waiting: waits, files_changed: files, warnings });
  if (output.json) return;
  for (const warning of warnings) warn(output, warning);
  tell(output, { brief, waits, files, sinceMs, nowMs });
}

interface Told {
  readonly brief: Brief;
  readonly waits: Waiting;
  readonly files: readonly string[];
  readonly sinceMs: number;
  readonly nowMs: number;
}

function tell(output: Output, { brief, waits, files, sinceMs, nowMs }: Told): void {
  const { paint } = output;
  const row = (name: string, text: string): void =>
    output.line(foldedWords(`  ${paint.dim(name.padEnd(9))} ${text}`, outputWidth(), TEXT_COLUMN));
  output.line(
    `${paint.bold(`Since ${localTime(toRfc3339(sinceMs))}`)} ${paint.dim(`(${formatDuration(nowMs - sinceMs)})`)}`,
  );
  row('ran', ranText(brief, waits, output));
  row(
    'cost',
    `${dollars(brief.spent_micro_usd)}, ${plural(brief.tokens, 'token')} in ${plural(brief.llm_calls, 'model call')}`,
  );
  row('decided', decidedText(brief, output));
  row('acted', `${sum(brief.actions)}${list(brief.actions, output)}`);
  if (brief.rules_accepted > 0) row('rules', `accepted ${plural(brief.rules_accepted, 'time')}`);
  row('files', filesText(files.length));
  for (const file of files) output.line(`            ${visibleLine(file)}`);
  tellAgents(output, brief);
  tellMisses(output, brief.near_misses, nowMs);
  tellWaiting(output, waits, nowMs);
}

function ranText({ runs }: Brief, waits: Waiting, output: Output): string {
  const live = waits.live_runs > 0 ? `, ${waits.live_runs} live now` : '';
  const advisory =
    runs.advisory > 0 ? `, ${output.paint.yellow(`${count(runs.advisory)} of them only advisory`)}` : '';
  return `${plural(runs.started, 'run')} started${advisory}${list(runs.ended, output)}${live}`;
}

const DECIDERS: Readonly<Record<string, string>> = {
  operator: 'by a person',
  policy: 'by a rule',
  grant: 'by a grant',
  timeout: 'by nobody in time',
};

function decidedText(brief: Brief, output: Output): string {
  const by = Object.entries(brief.decided_by).map(
    ([kind, value]) => `${count(value)} ${DECIDERS[kind] ?? kind}`,
  );
  return `${sum(brief.decisions)}${list(brief.decisions, output)}${by.length === 0 ? '' : ` (${by.join(', ')})`}`;
}

function filesText(found: number): string {
  if (found === 0) return 'none changed in a workspace';
  return `${found >= MOST_FILES ? `the first ${MOST_FILES}` : found} changed in workspaces`;
}

function tellAgents({ line, paint }: Output, { agents }: Brief): void {
  const shown = agents.filter((agent) => agent.runs_started > 0 || agent.spent_micro_usd > 0);
  if (shown.length === 0) return;
  line();
  const columns = [
    { title: '  agent' },
    right('runs'),
    right('ended badly'),
    right('spent'),
    right('tokens', 2),
    right('model calls', 1),
    right('proposals decided', 3),
  ];
  const rows = shown.map((agent) => [
    `  ${paint.bold(visibleLine(agent.agent_id))}`,
    count(agent.runs_started),
    badly(agent.runs_ended) === 0 ? '0' : paint.red(count(badly(agent.runs_ended))),
    dollars(agent.spent_micro_usd),
    count(agent.tokens),
    count(agent.llm_calls),
    count(total(agent.decisions)),
  ]);
  line(tableText(columns, rows, paint, outputWidth()));
}

function badly(ended: Readonly<Record<string, number>>): number {
  return total(ended) - (ended['succeeded'] ?? 0);
}

function tellMisses({ line, paint }: Output, misses: readonly NearMiss[], nowMs: number): void {
  if (misses.length === 0) return;
  line();
  const all = misses.reduce((most, miss) => most + miss.count, 0);
  line(paint.bold(plural(all, 'near miss', 'near misses')));
  for (const miss of misses.slice(0, MOST_MISSES)) {
    const times = miss.count === 1 ? '' : paint.dim(` (${count(miss.count)} times)`);
    const who = miss.agent_id === null ? '' : `${visibleLine(miss.agent_id)}  `;
    const text = `  ${paint.dim(clockTime(miss.ts, nowMs))}  ${paint.yellow(miss.event_type)}${times}  ${who}${visibleLine(miss.what)}`;
    line(foldedWords(text, outputWidth()));
  }
  if (misses.length > MOST_MISSES)
    line(paint.dim(`  … ${misses.length - MOST_MISSES} more kinds: \`governed-agents brief --json\``));
}

function tellWaiting({ line, paint }: Output, waits: Waiting, nowMs: number): void {
  line();
  if (waits.proposals.length === 0 && waits.unknown === 0 && waits.paused.length === 0) {
    line('Nothing waits for you.');
    return;
  }
  line(paint.bold('Waits for you'));
  for (const each of waits.proposals.slice(0, MOST_WAITING)) {
    const expires = paint.dim(`expires ${ago(each.expires_at, nowMs)}`);
    const text = `  ${each.proposal_id}  ${visibleLine(each.agent_id ?? 'operator')}  ${visibleLine(each.action_type)}  ${expires}`;
    line(foldedWords(text, outputWidth()));
  }
  const more = waits.proposals.length - MOST_WAITING;
  if (more > 0) line(paint.dim(`  … ${waits.proposals.length >= 100 ? 'at least ' : ''}${count(more)} more`));
  if (waits.proposals.length > 0) line(`  ${paint.yellow('decide')}   \`governed-agents approve\``);
  for (const each of waits.paused) {
    const reason = visibleLine(each.reason ?? 'no reason was recorded');
    const text = `  ${paint.yellow('paused')}   ${visibleLine(each.id)}: ${reason}${wayOn(each)}`;
    line(foldedWords(text, outputWidth()));
  }
  if (waits.unknown > 0) {
    const text = `  ${paint.red('unknown')}  ${plural(waits.unknown, 'outcome')}: \`governed-agents proposals --status unknown\`, then \`governed-agents resolve\``;
    line(foldedWords(text, outputWidth()));
  }
}

function list(counts: Readonly<Record<string, number>>, { paint }: Output): string {
  const parts = Object.entries(counts).map(([name, value]) => `${count(value)} ${status(name, paint)}`);
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function sum(counts: Readonly<Record<string, number>>): string {
  return total(counts) === 0 ? 'nothing' : count(total(counts));
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, value) => all + value, 0);
}
