// What a person must know before trusting the rest of the page: it is old, everything is stopped, nobody watches,
// the record can't be written, or the server warns.
import type { ComponentChildren } from 'preact';
import type { Board } from './board.ts';
import type { BoardState } from './board-state.ts';
import { formatClock } from './duration.ts';
import { linkHealth } from './link-health.ts';
import { Prose } from './prose.tsx';
import { asSentence } from './sentence.ts';
import { useServerNow } from './server-clock.ts';
import { Visible } from './visible.tsx';

export function Banners(props: { readonly board: Board; readonly state: BoardState }) {
  const { board, state } = props;
  const { status } = state;
  const forbidden = [...state.troubles.values()].find((problem) => problem.status !== 0);
  return (
    <div class="banners">
      <OfflineBanner board={board} state={state} />
      {status?.kill_switch.on === true && (
        <Banner tone="danger">
          <strong>The kill switch is on.</strong> Nothing runs and nothing new starts.
          {status.kill_switch.reason !== null && (
            <>
              {' Reason: '}
              <Visible text={status.kill_switch.reason} />
            </>
          )}
        </Banner>
      )}
      {status !== null && !status.watchdog.alive && (
        <Banner tone="danger">
          <strong>The watchdog is not alive.</strong> No new run starts without it, and those that count on it
          stand frozen until it is back. Start it with <code>governed-agents watchdog</code>, or restart{' '}
          <code>governed-agents serve</code>.
        </Banner>
      )}
      {status !== null && !status.mirror.ok && (
        <Banner tone="danger">
          <strong>The record’s mirror fails.</strong> Decisions and charges are refused until it is written
          again. {status.mirror.problem !== null && <Visible text={status.mirror.problem} />}
        </Banner>
      )}
      {status?.warnings.map((warning) => (
        <Banner key={warning} tone="warn">
          <Prose text={warning} />
        </Banner>
      ))}
      {forbidden !== undefined && (
        <Banner tone="warn">
          <strong>Part of this page could not be read.</strong>{' '}
          <Prose text={`${asSentence(forbidden.detail)} ${asSentence(forbidden.hint ?? '')}`} />
        </Banner>
      )}
    </div>
  );
}

function OfflineBanner(props: { readonly board: Board; readonly state: BoardState }) {
  const nowMs = useServerNow(0);
  const health = linkHealth(props.state.link, props.state.answeredAtMs, nowMs);
  if (health.is !== 'offline') return null;
  const retryIn = Math.ceil((health.retryInMs ?? 0) / 1000);
  const retry = retryIn > 0 ? ` Trying again in ${retryIn} s.` : ' Trying again.';
  return (
    <Banner tone="danger" over>
      <strong>Not connected.</strong> What you see is from{' '}
      {formatClock(new Date(health.sinceMs).toISOString(), nowMs)} and may no longer be true.{retry}{' '}
      <button type="button" class="button small" onClick={props.board.reconnect}>
        Try now
      </button>
      {health.isLasting && (
        <>
          <br />
          If the server is down, start it with <code>governed-agents serve</code> or{' '}
          <code>governed-agents up</code> in <ProjectFolder status={props.state.status} />.
        </>
      )}
    </Banner>
  );
}

function ProjectFolder(props: { readonly status: BoardState['status'] }) {
  if (props.status === null) return <>your project’s folder</>;
  return (
    <code>
      <Visible text={props.status.project_dir} />
    </code>
  );
}

interface BannerProps {
  readonly tone: 'danger' | 'warn';
  readonly over?: boolean;
  readonly children: ComponentChildren;
}

function Banner(props: BannerProps) {
  return (
    <div class={`banner banner-${props.tone}${props.over === true ? ' banner-over' : ''}`} role="status">
      <p>{props.children}</p>
    </div>
  );
}
