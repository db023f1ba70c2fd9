// The page of an operator with a session: puts the parts together and routes the keyboard to what is on screen.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Banners } from './banners.tsx';
import type { Board } from './board.ts';
import { useCell } from './cell.ts';
import type { DecisionKey } from './decision-form.tsx';
import { Events } from './events.tsx';
import { Grants } from './grants.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { howToStart } from './how-to-start.ts';
import { Masthead } from './masthead.tsx';
import { isWaiting } from './queue.ts';
import { RecentDecisions } from './recent-decisions.tsx';
import { RuleChangesBanner } from './rule-changes.tsx';
import { Runs } from './runs.tsx';
import { Scoreboard } from './scoreboard.tsx';
import { shortcutFor } from './shortcuts.ts';
import { UnknownOutcomes } from './unknown-outcomes.tsx';
import { Waiting } from './waiting.tsx';

export function Dashboard(props: { readonly board: Board }) {
  const { board } = props;
  const state = useCell(board.cell);
  const [helping, setHelping] = useState(false);
  const [prefix, setPrefix] = useState('');
  const panel = useRef<HTMLElement | null>(null);
  const press = useRef<((key: DecisionKey) => void) | null>(null);
  const waiting = state.queue.filter(isWaiting).length;
  const agentIds = useMemo(
    () => state.scoreboard?.items.map((row) => row.agent_id) ?? [],
    [state.scoreboard],
  );

  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) governed-agents` : 'governed-agents';
  }, [waiting]);

  function decide(key: DecisionKey): void {
    if (panel.current === null) return;
    // What is out of sight is first brought into sight, and not decided by the same key press.
    if (!isInSight(panel.current)) panel.current.scrollIntoView({ block: 'start' });
    else press.current?.(key);
  }

  function move(step: 1 | -1): void {
    board.step(step);
    if (panel.current !== null && !isInSight(panel.current)) panel.current.scrollIntoView({ block: 'start' });
  }

  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const shortcut = shortcutFor(
        event,
        isField(event.target) || document.querySelector('dialog[open]') !== null,
      );
      if (shortcut === null) return;
      event.preventDefault();
      if (shortcut === 'next') move(1);
      else if (shortcut === 'previous') move(-1);
      else if (shortcut === 'help') setHelping(true);
      else decide(shortcut);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [board]);

  function showFlags(): void {
    setPrefix('audit_flag_');
    document.getElementById('events')?.scrollIntoView({ block: 'start' });
  }

  return (
    <>
      <Masthead board={board} state={state} onFlags={showFlags} />
      <main class="page">
        <Banners board={board} state={state} />
        <RuleChangesBanner board={board} changes={state.changes} />
        <Waiting
          board={board}
          state={state}
          panel={panel}
          onReady={(handler) => {
            press.current = handler;
          }}
        />
        <UnknownOutcomes board={board} proposals={state.unknown} skewMs={state.skewMs} />
        <Grants board={board} grants={state.grants} skewMs={state.skewMs} />
        <Scoreboard board={board} state={state} />
        <div class="columns">
          <div class="column">
            <Runs
              board={board}
              live={state.liveRuns}
              liveInAll={state.status?.counts.runs_live ?? 0}
              runs={state.runs}
              scoreboard={state.scoreboard}
              start={howToStart(state)}
              skewMs={state.skewMs}
            />
            <RecentDecisions proposals={state.recent} skewMs={state.skewMs} />
          </div>
          <Events
            api={board.api}
            events={state.events}
            agentIds={agentIds}
            skewMs={state.skewMs}
            prefix={prefix}
            onPrefix={setPrefix}
          />
        </div>
      </main>
      <p class="visually-hidden" role="status" aria-live="polite">
        {state.announcement}
      </p>
      {helping && <HelpDialog onClose={() => setHelping(false)} />}
    </>
  );
}

function isField(target: EventTarget | null): boolean {
  return (
    (target instanceof HTMLInputElement && target.type !== 'checkbox') ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

/** Its beginning and enough of it to read are in the window. */
function isInSight(element: HTMLElement): boolean {
  const box = element.getBoundingClientRect();
  return box.bottom > 120 && box.top < window.innerHeight - 120;
}
