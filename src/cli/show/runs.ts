// Runs as a table.
import { formatDuration } from '../../core/time.ts';
import { visibleString } from '../../core/visible-text.ts';
import type { WireRun } from '../../server/wire/record.ts';
import type { Paint } from '../terminal.ts';
import { tableText } from './table.ts';
import { ago, count, dollars, status } from './words.ts';

export function runsText(runs: readonly WireRun[], nowMs: number, paint: Paint): string {
  if (runs.length === 0) return 'No run yet. Start one with `governed-agents run <agent>`.';
  return tableText(
    [
      { title: 'run' },
      { title: 'agent' },
      { title: 'task' },
      { title: 'status' },
      { title: 'started' },
      { title: 'took', align: 'right' },
      { title: 'spent', align: 'right' },
      { title: 'tokens', align: 'right' },
      { title: 'tier' },
      { title: 'why' },
    ],
    runs.map((run) => [
      run.run_id,
      visibleString(run.agent_id),
      visibleString(run.task ?? '–'),
      status(run.status, paint),
      ago(run.started_at, nowMs),
      formatDuration((run.ended_at === null ? nowMs : Date.parse(run.ended_at)) - Date.parse(run.started_at)),
      dollars(run.spent_micro_usd),
      count(run.tokens),
      run.supervised ? run.tier : `${run.tier}, unsupervised`,
      visibleString(run.paused_reason ?? run.end_reason ?? ''),
    ]),
    paint,
  );
}
