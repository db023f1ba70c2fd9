// The head of the page: which project this is, whether what one sees is true right now, whether the watchdog lives,
// how far the record is, and the switch that stops everything.
import type { WireStatus } from '../../wire/record.ts';
import type { Board } from './board.ts';
import type { BoardState } from './board-state.ts';
import { formatAge } from './duration.ts';
import { KillSwitch } from './kill-switch.tsx';
import { type LinkHealth, linkHealth } from './link-health.ts';
import { formatCount } from './money.ts';
import { useServerNow } from './server-clock.ts';

/** What commits while it is asked is behind for a moment. */
const MOMENT = 20;

type Health = 'good' | 'warn' | 'bad' | 'unsure';

export function Masthead(props: {
  readonly board: Board;
  readonly state: BoardState;
  readonly onFlags: () => void;
}) {
  const { board, state, onFlags } = props;
  const { status } = state;
  const flags = status?.counts.flags ?? 0;
  return (
    <header class="masthead">
      <div class="title-row">
        <h1 title={status?.project_dir}>
          <span class="brand">governed-agents</span>
          {status !== null && <span class="project">{lastFolder(status.project_dir)}</span>}
        </h1>
        <div class="title-actions">
          {flags > 0 && (
            <button type="button" class="button small flag-button" onClick={onFlags}>
              ⚑ {formatCount(flags)} {flags === 1 ? 'flag' : 'flags'}
            </button>
          )}
          <KillSwitch board={board} status={status} />
        </div>
      </div>
      <Vitals state={state} />
    </header>
  );
}

function Vitals({ state }: { readonly state: BoardState }) {
  const nowMs = useServerNow(0);
  const health = linkHealth(state.link, state.answeredAtMs, nowMs);
  return (
    <ul class="vitals" aria-label="Health">
      <LinkVital health={health} nowMs={nowMs} />
      {state.status !== null && <StatusVitals status={state.status} isKnown={health.is !== 'offline'} />}
    </ul>
  );
}

function LinkVital({ health, nowMs }: { readonly health: LinkHealth; readonly nowMs: number }) {
  if (health.is === 'live') return <Vital name="This page" health="good" text="live" />;
  if (health.is === 'connecting') return <Vital name="This page" health="unsure" text="connecting…" />;
  return (
    <Vital name="This page" health="bad" text={`offline, last true ${formatAge(nowMs - health.sinceMs)}`} />
  );
}

/** `isKnown`: the status is of now. Of what nobody answers for, nothing is claimed. */
function StatusVitals(props: { readonly status: WireStatus; readonly isKnown: boolean }) {
  const { watchdog, mirror, record, server, version } = props.status;
  const vital = (name: string, isGood: boolean, text: string) =>
    props.isKnown ? (
      <Vital name={name} health={isGood ? 'good' : 'bad'} text={text} />
    ) : (
      <Vital name={name} health="unsure" text="not known" />
    );
  const lag = mirror.lag > MOMENT ? `${formatCount(mirror.lag)} behind` : 'in step';
  return (
    <>
      {vital('Watchdog', watchdog.alive, watchdog.alive ? 'alive' : 'NOT alive')}
      {vital('Mirror', mirror.ok, mirror.ok ? lag : 'failing')}
      <li class="vital">
        <span class="vital-name">Record</span>
        <span>
          #{formatCount(record.seq)} <code title={`Head: ${record.hash}`}>{record.hash.slice(0, 10)}</code>
        </span>
      </li>
      <li class="vital">
        <span class="vital-name">Server</span>
        <span>
          {version}
          {server.port !== null && ` on :${server.port}`}
        </span>
      </li>
    </>
  );
}

const SIGNS: Readonly<Record<Health, string>> = { good: '●', warn: '▲', bad: '■', unsure: '○' };

function Vital(props: { readonly name: string; readonly health: Health; readonly text: string }) {
  return (
    <li class={`vital health-${props.health}`}>
      <span class="vital-name">{props.name}</span>
      <span>
        <span class="sign" aria-hidden="true">
          {SIGNS[props.health]}
        </span>{' '}
        {props.text}
      </span>
    </li>
  );
}

function lastFolder(path: string): string {
  return path.split('/').filter(Boolean).at(-1) ?? path;
}
