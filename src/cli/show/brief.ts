// The brief as a person reads it in the morning, and the files that agents changed meanwhile.
import { toRfc3339 } from '../../core/time.ts';
import { visibleString } from '../../core/visible-text.ts';
import { findProposals, readLiveRuns, type Store } from '../../store/entry.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { type Brief, sumUp } from '../record/brief.ts';
import { eventsSince } from '../record/each-event.ts';
import { openForReading } from '../state.ts';
import { timeOption } from '../time-option.ts';
import { filesChanged, MOST_FILES } from './files-changed.ts';
import { count, dollars, localTime, plural, status } from './words.ts';

const MOST_MISSES = 10;

interface Waiting {
  readonly proposals: readonly {
    readonly proposal_id: string;
    readonly action_type: string;
    readonly agent_id: string | null;
  }[];
  readonly unknown: number;
  readonly live_runs: number;
}

export async function showBrief(project: Project, output: Output, sinceText: string): Promise<void> {
  const sinceMs = timeOption('--since', sinceText, Date.now());
  const store = openForReading(project);
  const brief = sumUp(eventsSince(store, sinceMs));
  const waits = waiting(store);
  store.close();
  const files = filesChanged(project.dir, sinceMs);
  output.data({ since: toRfc3339(sinceMs), ...brief, waiting: waits, files_changed: files });
  if (output.json) return;
  tell(output, brief, waits, files, toRfc3339(sinceMs));
}

function waiting(store: Store): Waiting {
  const pending = findProposals(store, { status: 'pending', order: 'oldest', limit: 100 });
  return {
    proposals: pending.map((row) => ({
      proposal_id: row.id,
      action_type: row.action_type,
      agent_id: row.agent_id,
    })),
    unknown: findProposals(store, { status: 'unknown', order: 'oldest', limit: 100 }).length,
    live_runs: readLiveRuns(store).length,
  };
}

function tell(output: Output, brief: Brief, waits: Waiting, files: readonly string[], since: string): void {
  const { paint } = output;
  const row = (name: string, text: string): void => output.line(`  ${paint.dim(name.padEnd(9))} ${text}`);
  output.line(paint.bold(`Since ${localTime(since)}`));
  row(
    'ran',
    `${plural(brief.runs.started, 'run')} started${list(brief.runs.ended, output)}${waits.live_runs > 0 ? `, ${waits.live_runs} live now` : ''}`,
  );
  row(
    'cost',
    `${dollars(brief.spent_micro_usd)}, ${count(brief.tokens)} tokens in ${plural(brief.llm_calls, 'model call')}`,
  );
  row('decided', `${sum(brief.decisions)}${list(brief.decisions, output)}`);
  row('acted', `${sum(brief.actions)}${list(brief.actions, output)}`);
  if (brief.rules_accepted > 0) row('rules', `accepted ${plural(brief.rules_accepted, 'time')}`);
  row(
    'files',
    files.length === 0
      ? 'none changed in a workspace'
      : `${files.length >= MOST_FILES ? 'many' : files.length} changed in workspaces`,
  );
  for (const file of files) output.line(`            ${visibleString(file)}`);
  if (brief.near_misses.length > 0) {
    output.line();
    output.line(paint.bold(`${plural(brief.near_misses.length, 'near miss', 'near misses')}`));
    for (const miss of brief.near_misses.slice(0, MOST_MISSES)) {
      output.line(
        `  ${paint.dim(localTime(miss.ts))}  ${paint.yellow(miss.event_type)}  ${visibleString(`${miss.agent_id ?? ''} ${miss.what}`.trim())}`,
      );
    }
    if (brief.near_misses.length > MOST_MISSES)
      output.line(paint.dim(`  … ${brief.near_misses.length - MOST_MISSES} more`));
  }
  output.line();
  if (waits.proposals.length === 0 && waits.unknown === 0) output.line('Nothing waits for you.');
  if (waits.proposals.length > 0)
    output.line(
      paint.yellow(`${plural(waits.proposals.length, 'proposal')} wait for you: \`governed-agents approve\``),
    );
  if (waits.unknown > 0)
    output.line(paint.red(`${plural(waits.unknown, 'outcome')} unknown: \`governed-agents resolve\``));
}

function list(counts: Readonly<Record<string, number>>, { paint }: Output): string {
  const parts = Object.entries(counts).map(([name, value]) => `${value} ${status(name, paint)}`);
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function sum(counts: Readonly<Record<string, number>>): string {
  const total = Object.values(counts).reduce((all, value) => all + value, 0);
  return total === 0 ? 'nothing' : count(total);
}
