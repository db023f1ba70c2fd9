// The runs that live now, with the means to stop each, and the last ones that ended.
import type { WireRun } from '../../wire/record.ts';
import { Badge, StatusBadge } from './badges.tsx';
import type { Board } from './board.ts';
import type { BoardState } from './board-state.ts';
import { CapPause } from './cap-pause.tsx';
import type { HowToStart } from './how-to-start.ts';
import { KeyInAgent } from './key-in-agent.tsx';
import { formatCount, formatLimit, formatSpentOf } from './money.ts';
import { pauseReason } from './pause-reason.ts';
import { isPausedRun, waitsForRaise } from './paused.ts';
import { RunDetail } from './run-detail.tsx';
import { StopControls } from './stop-controls.tsx';
import { TierBadge, TierReason } from './tier.tsx';
import { Age } from './times.tsx';
import { Visible } from './visible.tsx';

const MOST_ENDED = 8;
const LIVE: ReadonlySet<string> = new Set(['starting', 'running', 'held', 'paused']);

interface RunsProps {
  readonly board: Board;
  /** The newest that live. */
  readonly live: readonly WireRun[];
  readonly liveInAll: number;
  readonly runs: readonly WireRun[];
  /** Says why their agents stand, with which they may. */
  readonly scoreboard: BoardState['scoreboard'];
  readonly start: HowToStart;
  readonly skewMs: number;
}

export function Runs({ board, live, liveInAll, runs, scoreboard, start, skewMs }: RunsProps) {
  const ended = runs
    .filter((run) => !LIVE.has(run.status))
    .sort((a, b) => (b.ended_at ?? b.started_at).localeCompare(a.ended_at ?? a.started_at))
    .slice(0, MOST_ENDED);
  return (
    <section id="runs" class="panel" aria-labelledby="runs-title">
      <div class="panel-head">
        <h2 id="runs-title">
          Live runs <span class="count">{Math.max(live.length, liveInAll)}</span>
        </h2>
      </div>
      {live.length === 0 && (
        <p class="empty">
          <strong>Nothing runs.</strong>{' '}
          {start === 'stopped' ? (
            'Nothing starts before the kill switch is off.'
          ) : (
            <>
              Start one with <code>{start.command}</code>.
            </>
          )}
        </p>
      )}
      <ul class="cards">
        {live.map((run) => (
          <li key={run.run_id} class="card">
            <RunLine run={run} skewMs={skewMs} />
            {waitsForRaise(run, scoreboard) && (
              <CapPause board={board} agentId={run.agent_id} reason={run.paused_reason} />
            )}
            <StopControls
              board={board}
              kind="runs"
              id={run.run_id}
              actions={run.status === 'paused' ? ['resume', 'kill'] : ['pause', 'kill']}
            />
            <RunDetail board={board} run={run} />
          </li>
        ))}
      </ul>
      {liveInAll > live.length && live.length > 0 && (
        <p class="muted">…and {liveInAll - live.length} more, older than these.</p>
      )}
      {ended.length > 0 && (
        <details class="ended">
          <summary>Ended lately ({ended.length})</summary>
          <ul class="cards">
            {ended.map((run) => (
              <li key={run.run_id} class="card card-quiet">
                <RunLine run={run} skewMs={skewMs} />
                <RunDetail board={board} run={run} />
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
      <h3 tabIndex={-1} data-paused={isPausedRun(run) || undefined}>
        <Visible text={run.agent_id} />
        {run.task !== null && (
          <span class="muted">
            {' '}
            / <Visible text={run.task} />
          </span>
        )}
      </h3>
      <div class="badges">
        <StatusBadge status={run.status} />
        {run.group !== null && <Badge tone="calm" text={`group ${run.group}`} />}
        <TierBadge tier={run.tier} />
        <KeyInAgent has={run.key_in_agent} />
        {!run.supervised && LIVE.has(run.status) && <Badge tone="danger" text="no watchdog" />}
      </div>
      <p class="muted">
        <code>{run.run_id}</code> · {run.ended_at === null ? 'started ' : 'ended '}
        <Age since={run.ended_at ?? run.started_at} skewMs={skewMs} /> ·{' '}
        {formatSpentOf(run.spent_micro_usd, run.cap_micro_usd)}
        {run.notional && ' notional'}
        {run.cap_micro_usd !== null && ` of ${formatLimit(run.cap_micro_usd)}`} · {formatCount(run.llm_calls)}{' '}
        model {run.llm_calls === 1 ? 'call' : 'calls'} · {formatCount(run.tool_calls)} tool{' '}
        {run.tool_calls === 1 ? 'call' : 'calls'}
      </p>
      {reason !== null && (
        <p class={run.status === 'succeeded' ? 'end-reason' : 'paused-reason'}>
          <Visible text={pauseReason(reason)} />
        </p>
      )}
      <TierReason tier={run.tier} reason={run.tier_reason} />
    </>
  );
}
