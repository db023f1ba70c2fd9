// Runs as a table; what a narrow terminal has no room for, and why a run stands or ended as it did, stands below it.
import { formatDuration } from '../../core/time.ts';
import { visibleLine } from '../../core/visible-text.ts';
import type { WireRun } from '../../server/wire/record.ts';
import { outputWidth, type Paint } from '../terminal.ts';
import { foldedWords } from './folded-words.ts';
import { type Column, tableText } from './table.ts';
import { wayOn } from './way-on.ts';
import { ago, count, dollars, status } from './words.ts';

export function runsText(
  runs: readonly WireRun[],
  nowMs: number,
  paint: Paint,
  width = outputWidth(),
  agentId?: string,
): string {
  if (runs.length === 0)
    return `No run${agentId === undefined ? '' : ` of ${agentId}`} yet. Start one with \`governed-agents run ${agentId ?? '<agent>'}\`.`;
  const columns: readonly Column[] = [
    { title: 'run' },
    { title: 'agent' },
    { title: 'task', spare: 3 },
    { title: 'status' },
    { title: 'started', spare: 2 },
    { title: 'took', align: 'right', spare: 4 },
    { title: 'spent', align: 'right', spare: 1 },
    { title: 'tokens', align: 'right', spare: 5 },
    { title: 'tier' },
  ];
  const rows = runs.map((run) => [
    run.run_id,
    visibleLine(run.agent_id),
    visibleLine(`${run.task ?? '–'}${run.group === null ? '' : ` [${run.group}]`}`),
    status(run.status, paint),
    ago(run.started_at, nowMs),
    formatDuration((run.ended_at === null ? nowMs : Date.parse(run.ended_at)) - Date.parse(run.started_at)),
    `${dollars(run.spent_micro_usd)}${run.notional ? ' notional' : ''}`,
    count(run.tokens),
    tierText(run, paint),
  ]);
  const reasons = runs.flatMap((run) => whyLines(run, paint)).map((line) => foldedWords(line, width));
  return [tableText(columns, rows, paint, width), ...(reasons.length === 0 ? [] : ['', ...reasons])].join(
    '\n',
  );
}

function tierText({ tier, supervised, key_in_agent: hasKey }: WireRun, paint: Paint): string {
  const confined = tier === 'advisory' ? paint.yellow(tier) : tier;
  const word = hasKey ? `${confined}, ${paint.yellow('key in agent')}` : confined;
  return supervised ? word : `${word}, ${paint.red('unsupervised')}`;
}

const AS_EXPECTED = new Set(['starting', 'running', 'succeeded']);

function whyLines(run: WireRun, paint: Paint): readonly string[] {
  const reason = run.paused_reason ?? run.end_reason;
  const why =
    reason === null || AS_EXPECTED.has(run.status)
      ? []
      : [`  ${paint.dim(run.run_id)} ${status(run.status, paint)}: ${visibleLine(reason)}${goesOn(run)}`];
  const advisory =
    run.tier !== 'advisory' || run.tier_reason === null
      ? []
      : [`  ${paint.dim(run.run_id)} ${paint.yellow('advisory')}: ${visibleLine(run.tier_reason)}`];
  return [...why, ...advisory];
}

function goesOn(run: WireRun): string {
  const { status: now, paused_reason: reason, pause_source: source, run_id: id, agent_id } = run;
  return now === 'paused' ? wayOn({ reason, source, id, agent_id }) : '';
}
