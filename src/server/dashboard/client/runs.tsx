// The runs that live now, with the means to stop each, and the last ones that ended.
import type { WireRun } from '../../wire/record.ts';
import { Badge, StatusBadge, TierBadge } from './badges.tsx';
import type { Board } from './board.ts';
import { formatCount, formatMicroUsd } from './money.ts';
import { StopControls } from './stop-controls.tsx';
import { Age } from './times.tsx';
import { Visible } from './visible.tsx';

const MOST_ENDED = 8;
const LIVE: ReadonlySet<string> = new Set(['starting', 'running', 'held', 'paused']);

interface RunsProps {
  readonly board: Board;
  readonly runs: readonly WireRun[];
  readonly skewMs: number;
}

export function Runs({ board, runs, skewMs }: RunsProps) {
  const live = runs.filter((run) => LIVE.has(run.status));
  const ended = runs
    .filter((run) => !LIVE.has(run.status))
    .sort((a, b) => (b.ended_at ?? b.started_at).localeCompare(a.ended_at ?? a.started_at))
    .slice(0, MOST_ENDED);
  return (
    <section id="runs" class="panel" aria-labelledby="runs-title">
      <div class="panel-head">
        <h2 id="runs-title">
          Live runs <span class="count">{live.length}</span>
        </h2>
      </div>
      {live.length === 0 && (
        <p class="empty">
          <strong>Nothing runs.</strong> Start one with <code>governed-agents run noop</code>.
        </p>
      )}
      <ul class="cards">
        {live.map((run) => (
          <li key={run.run_id} class="card">
            <RunLine run={run} skewMs={skewMs} />
            <StopControls
              board={board}
              kind="runs"
              id={run.run_id}
              actions={run.status === 'paused' ? ['resume', 'kill'] : ['pause', 'kill']}
            />
          </li>
        ))}
      </ul>
      {ended.length > 0 && (
        <details class="ended">
          <summary>Ended lately ({ended.length})</summary>
          <ul class="cards">
            {ended.map((run) => (
              <li key={run.run_id} class="card card-quiet">
                <RunLine run={run} skewMs={skewMs} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function RunLine(props: { readonly run: WireRun; readonly skewMs: number }) {
  const { run, skewMs } = props;
  const reason = run.paused_reason ?? run.end_reason;
  return (
    <>
      <h3>
        {run.agent_id}
        {run.task !== null && (
          <span class="muted">
            {' '}
            / <Visible text={run.task} />
          </span>
        )}
      </h3>
      <div class="badges">
        <StatusBadge status={run.status} />
        <TierBadge tier={run.tier} />
        {!run.supervised && LIVE.has(run.status) && <Badge tone="danger" text="no watchdog" />}
      </div>
      <p class="muted">
        <code>{run.run_id}</code> · {run.ended_at === null ? 'started ' : 'ended '}
        <Age since={run.ended_at ?? run.started_at} skewMs={skewMs} /> · {formatMicroUsd(run.spent_micro_usd)}{' '}
        · {formatCount(run.llm_calls)} model calls · {formatCount(run.tool_calls)} tool calls
      </p>
      {reason !== null && (
        <p class="paused-reason">
          <Visible text={reason} />
        </p>
      )}
    </>
  );
}
