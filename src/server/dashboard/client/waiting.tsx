// What waits for a decision: the list on one side, the selected proposal whole on the other. New ones join at the
// end of the list and never touch the selection.
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { StatusBadge } from './badges.tsx';
import { BatchBar } from './batch-bar.tsx';
import type { Board } from './board.ts';
import { MOST_PENDING } from './board-readers.ts';
import type { BoardState } from './board-state.ts';
import type { DecisionKey } from './decision-form.tsx';
import { type HowToStart, howToStart } from './how-to-start.ts';
import { formatCount } from './money.ts';
import { PausedNote } from './paused-note.tsx';
import { whyNotPicked } from './picks.ts';
import { ProposalDetail } from './proposal-detail.tsx';
import { isWaiting, neighbour, type QueueEntry } from './queue.ts';
import { TimeLeft } from './times.tsx';
import { Visible } from './visible.tsx';

interface WaitingProps {
  readonly board: Board;
  readonly state: BoardState;
  readonly panel: RefObject<HTMLElement | null>;
  readonly onReady: (press: ((key: DecisionKey) => void) | null) => void;
}

export function Waiting({ board, state, panel, onReady }: WaitingProps) {
  const { queue, selectedId, skewMs } = state;
  const waiting = queue.filter(isWaiting).length;
  const beyond = (state.status?.counts.proposals_pending ?? 0) - waiting;
  // Below a full list the two only differ for the moment that one was read after the other.
  const notListed = state.queueLoaded && waiting >= MOST_PENDING && beyond > 0 ? beyond : 0;
  const selected = queue.find((entry) => entry.proposal.proposal_id === selectedId);
  const next = neighbour(queue, selectedId, 1) ?? neighbour(queue, selectedId, -1);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => showSelected(list.current, panel.current), [selectedId]);
  return (
    <section id="waiting" class="panel" aria-labelledby="waiting-title">
      <div class="panel-head">
        <h2 id="waiting-title">
          Waiting for you <span class="count">{formatCount(waiting + notListed)}</span>
        </h2>
        {queue.length > 0 && (
          <p class="muted keys">
            <kbd>j</kbd>
            <kbd>k</kbd> move <kbd>a</kbd> approve <kbd>r</kbd> reject <kbd>e</kbd> edit <kbd>g</kbd> grant{' '}
            <kbd>?</kbd> help
          </p>
        )}
      </div>
      {queue.length === 0 && <NothingWaits loaded={state.queueLoaded} start={howToStart(state)} />}
      {queue.length > 0 && (
        <div class="desk">
          <div class="queue-side">
            <ul class="queue" ref={list} aria-label="Proposals, oldest first">
              {queue.map((entry) => (
                <QueueItem
                  key={entry.proposal.proposal_id}
                  entry={entry}
                  selected={entry.proposal.proposal_id === selectedId}
                  whyNot={whyNotPicked(entry.proposal, state.seen)}
                  picked={state.picked.get(entry.proposal.proposal_id) === entry.proposal.payload_hash}
                  onPick={() => board.pick(entry.proposal)}
                  skewMs={skewMs}
                  onSelect={() => board.select(entry.proposal.proposal_id)}
                />
              ))}
            </ul>
            <BatchBar board={board} state={state} />
            {notListed > 0 && <p class="muted">…and {formatCount(notListed)} more, newer than these.</p>}
          </div>
          {selected !== undefined && (
            <ProposalDetail
              key={selected.proposal.proposal_id}
              board={board}
              entry={selected}
              refused={state.refused.get(selected.proposal.proposal_id) ?? null}
              skewMs={skewMs}
              panel={panel}
              onReady={onReady}
              onNext={next === null ? null : () => board.select(next)}
            />
          )}
        </div>
      )}
      <PausedNote state={state} />
    </section>
  );
}

/** Scrolls the list, never the page, to the selected item; and the page back to where its detail begins. */
function showSelected(list: HTMLElement | null, detail: HTMLElement | null): void {
  const item = list?.querySelector<HTMLElement>('[aria-current="true"]');
  if (list === null || item === null || item === undefined) return;
  const frame = list.getBoundingClientRect();
  const box = item.getBoundingClientRect();
  list.scrollBy({
    top: Math.min(0, box.top - frame.top) + Math.max(0, box.bottom - frame.bottom),
    left: Math.min(0, box.left - frame.left - 8) + Math.max(0, box.right - frame.right + 8),
  });
  if (detail !== null && detail.getBoundingClientRect().top < 0) detail.scrollIntoView({ block: 'start' });
}

interface QueueItemProps {
  readonly entry: QueueEntry;
  readonly selected: boolean;
  /** Why it can't be decided together with others; null when it can. */
  readonly whyNot: string | null;
  readonly picked: boolean;
  readonly onPick: () => void;
  readonly skewMs: number;
  readonly onSelect: () => void;
}

function QueueItem({ entry, selected, skewMs, onSelect, whyNot, picked, onPick }: QueueItemProps) {
  const { proposal } = entry;
  const waiting = isWaiting(entry);
  const grave = proposal.reversible === false || proposal.severity === 'critical';
  return (
    <li class="queue-row">
      {waiting && (
        <input
          type="checkbox"
          class="queue-pick"
          checked={picked}
          disabled={whyNot !== null}
          title={whyNot ?? 'Decide it together with others'}
          aria-label={`Choose ${proposal.proposal_id}`}
          onChange={onPick}
        />
      )}
      <button
        type="button"
        class={`queue-item${waiting ? '' : ' settled-item'}${grave && waiting ? ' grave' : ''}`}
        aria-current={selected ? 'true' : undefined}
        onClick={onSelect}
      >
        <span class="queue-action">
          <Visible text={proposal.action_type} />
        </span>
        <span class="queue-outcome">
          <Visible text={proposal.expected_outcome} />
        </span>
        <span class="queue-foot">
          <span>{proposal.agent_id ?? 'operator'}</span>
          {waiting ? (
            <TimeLeft until={proposal.expires_at} skewMs={skewMs} />
          ) : (
            <StatusBadge status={proposal.status} />
          )}
        </span>
      </button>
    </li>
  );
}

function NothingWaits(props: { readonly loaded: boolean; readonly start: HowToStart }) {
  const { start } = props;
  if (!props.loaded) return <p class="empty">Reading what waits…</p>;
  return (
    <div class="empty">
      <p>
        <strong>No proposal waits.</strong> When an agent wants to do something that the rules hold for a
        person, it stops and the proposal shows up here.
      </p>
      {start !== 'stopped' && start.isExample && (
        <p>
          To see one, type <code>{start.command}</code> in a terminal: it proposes something and waits for
          your answer.
        </p>
      )}
    </div>
  );
}
