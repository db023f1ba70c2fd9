// Keeps the board true: loads it once, follows the record, reads again what an event touched, and asks for the
// server's health all the while, since a dead watchdog commits nothing.
import type { WireProblem } from '../../wire/problem.ts';
import type { WireDecided, WirePage, WireProposal } from '../../wire/proposal.ts';
import type { WireEvent } from '../../wire/record.ts';
import type { Answer, Api } from './api.ts';
import { createReaders } from './board-readers.ts';
import { type BoardState, emptyBoard } from './board-state.ts';
import { type Cell, createCell } from './cell.ts';
import { createDrafts, type Drafts } from './drafts.ts';
import { addEvents, MOST_EVENTS, type Resource, touchedBy } from './event-log.ts';
import { followRecord, type LiveStream } from './live-stream.ts';
import { togglePick } from './picks.ts';
import { isWaiting, neighbour, putProposal } from './queue.ts';
import { createRefresher } from './refresher.ts';
import type { SpendPer } from './spend-history.ts';

/** How often each is read at most while events pour in. What waits for a person comes first; what only counts can come later. */
const PACES_MS: Readonly<Record<Resource, number>> = {
  pending: 400,
  unknown: 400,
  recent: 700,
  status: 1000,
  scoreboard: 1000,
  runs: 1000,
  changes: 1000,
  grants: 1000,
  spend: 3000,
};
const HEALTH_EVERY_MS = 3000;
const EVERYTHING_EVERY_MS = 30_000;

const EVERYTHING: readonly Resource[] = [
  'status',
  'pending',
  'unknown',
  'recent',
  'scoreboard',
  'runs',
  'changes',
  'grants',
  'spend',
];

export interface Board {
  readonly cell: Cell<BoardState>;
  /** What was typed and not sent yet. */
  readonly drafts: Drafts;
  readonly api: Api;
  readonly select: (proposalId: string) => void;
  readonly step: (step: 1 | -1) => void;
  /** Puts a proposal on screen, whatever its status. */
  readonly open: (proposalId: string) => Promise<void>;
  /** Sends something that changes the server's state, then reads again what it may have touched. */
  readonly act: <T>(path: string, body: unknown) => Promise<Answer<T>>;
  /** A decision bound to the hash that was on screen. */
  readonly decide: (proposal: WireProposal, decision: Decision) => Promise<Answer<unknown>>;
  /** Several decisions at once, each bound to the hash that was seen; answers those that did not count. */
  readonly decidePicked: (decision: 'approve' | 'reject', note: string) => Promise<readonly WireProblem[]>;
  /** The whole payload with this hash was on screen. */
  readonly saw: (proposal: WireProposal) => void;
  /** Puts a proposal that was seen among those to be decided together, or takes it out again. */
  readonly pick: (proposal: WireProposal) => void;
  readonly unpick: () => void;
  readonly revoke: (grantId: string) => Promise<Answer<unknown>>;
  /** Spend over time, by the hour or by the day. */
  readonly showSpendPer: (per: SpendPer) => void;
  readonly showCaps: (agentId: string, open: boolean) => void;
  /** Shows them and brings them into sight, from anywhere on the page; `foundCaps` says that they are. */
  readonly findCaps: (agentId: string) => void;
  readonly foundCaps: () => void;
  readonly reconnect: () => void;
  readonly stop: () => void;
}

export interface Decision {
  readonly decision: 'approve' | 'reject';
  readonly note: string;
  readonly final: boolean;
  /** An edit: approved instead of what was proposed. */
  readonly edited?: { readonly payload: unknown };
}

export function startBoard(api: Api, proposalId: string | null): Board {
  const cell = createCell<BoardState>({ ...emptyBoard, selectedId: proposalId });
  const readers = createReaders(cell, api);
  const refresher = createRefresher(readers.resources, (name) => PACES_MS[name]);
  let stream: LiveStream | null = null;
  let stopped = false;
  let behindAt: number | null = null;
  let editedFiles = '';

  function onEvents(events: readonly WireEvent[]): void {
    cell.change((state) => ({ ...state, events: addEvents(state.events, events) }));
    refresher.touch([...new Set(events.flatMap((event) => touchedBy(event.event_type)))]);
    const settled = new Set(
      cell
        .read()
        .queue.filter((entry) => !isWaiting(entry))
        .map((entry) => entry.proposal.proposal_id),
    );
    for (const touched of new Set(events.map((event) => event.proposal_id))) {
      if (touched !== null && settled.has(touched)) void readers.proposal(touched);
    }
  }

  /** A stream that stays open and silent while the record grows is not live: take it up again. */
  function checkStream(): void {
    const seen = stream?.lastSeq() ?? null;
    const recorded = cell.read().status?.record.seq ?? 0;
    const behind = seen !== null && recorded > seen;
    if (behind && behindAt === seen) stream?.reconnect();
    behindAt = behind && behindAt !== seen ? seen : null;
  }

  async function begin(): Promise<void> {
    refresher.touch(EVERYTHING);
    if (proposalId !== null) void readers.proposal(proposalId);
    const history = await api.get<WirePage<WireEvent>>(`/audit?limit=${MOST_EVENTS}`);
    if (stopped) return;
    if (history.ok)
      cell.change((state) => ({ ...state, events: addEvents(state.events, history.data.items) }));
    stream = followRecord({
      from: cell.read().events[0]?.seq ?? null,
      open: api.stream,
      onEvents,
      onPhase(link) {
        const returned = link.phase === 'live' && cell.read().link.phase === 'offline';
        cell.change((state) => ({ ...state, link }));
        if (returned) refresher.touch(EVERYTHING);
      },
    });
  }

  /** Files can be edited without an event: health tells which differ from what is in force. */
  function checkRules(): void {
    const edited = cell.read().status?.rules.changed.join('\n') ?? '';
    if (edited !== editedFiles) refresher.touch(['changes']);
    editedFiles = edited;
  }

  const health = setInterval(() => {
    checkStream();
    checkRules();
    refresher.touch(['status']);
  }, HEALTH_EVERY_MS);
  const everything = setInterval(() => refresher.touch(EVERYTHING), EVERYTHING_EVERY_MS);
  void begin();

  async function act<T>(path: string, body: unknown): Promise<Answer<T>> {
    const answer = await api.post<T>(path, body);
    refresher.touch(EVERYTHING);
    return answer;
  }

  return {
    cell,
    drafts: createDrafts(),
    api,
    act,
    select: (selectedId) => cell.change((state) => ({ ...state, selectedId })),
    step: (step) =>
      cell.change((state) => {
        const next = neighbour(state.queue, state.selectedId, step);
        return next === null ? state : { ...state, selectedId: next };
      }),
    async open(selectedId) {
      await readers.proposal(selectedId);
      cell.change((state) => ({ ...state, selectedId }));
    },
    async decide(proposal, { decision, note, final, edited }) {
      const path = `/proposals/${encodeURIComponent(proposal.proposal_id)}/decision`;
      const answer = await act<unknown>(path, {
        decision,
        payload_hash: proposal.payload_hash,
        ...(note.trim() === '' ? {} : { note: note.trim() }),
        ...(decision === 'reject' && final ? { final: true } : {}),
        ...(edited === undefined ? {} : { payload: edited.payload }),
      });
      cell.change((state) => ({ ...state, refused: withRefusal(state.refused, proposal, answer) }));
      const decided = answer.ok ? proposalIn(answer.data, proposal.proposal_id) : null;
      if (decided === null) await readers.proposal(proposal.proposal_id);
      else cell.change((state) => ({ ...state, queue: putProposal(state.queue, decided) }));
      return answer;
    },
    async decidePicked(decision, note) {
      const items = [...cell.read().picked].map(([proposal_id, payload_hash]) => ({
        proposal_id,
        payload_hash,
        decision,
        ...(note.trim() === '' ? {} : { note: note.trim() }),
      }));
      const answer = await act<{ readonly items: readonly WireDecided[] }>('/proposals/decisions', { items });
      if (!answer.ok) return [answer.problem];
      const decided = answer.data.items.flatMap((each) => (each.decided ? [each.proposal] : []));
      cell.change((state) => ({
        ...state,
        picked: new Map(),
        queue: decided.reduce(putProposal, state.queue),
      }));
      return answer.data.items.flatMap((each) => (each.decided ? [] : [each.problem]));
    },
    saw: (proposal) =>
      cell.change((state) => ({
        ...state,
        seen: new Map(state.seen).set(proposal.proposal_id, proposal.payload_hash),
      })),
    pick: (proposal) => cell.change((state) => ({ ...state, picked: togglePick(state, proposal) })),
    unpick: () => cell.change((state) => ({ ...state, picked: new Map() })),
    async revoke(grantId) {
      const answer = await api.remove<unknown>(`/grants/${encodeURIComponent(grantId)}`);
      refresher.touch(['grants']);
      return answer;
    },
    showSpendPer(spendPer) {
      cell.change((state) => ({ ...state, spendPer }));
      refresher.touch(['spend']);
    },
    showCaps(agentId, open) {
      cell.change((state) => {
        const shownCaps = new Set(state.shownCaps);
        if (open) shownCaps.add(agentId);
        else shownCaps.delete(agentId);
        return { ...state, shownCaps };
      });
    },
    findCaps: (agentId) =>
      cell.change((state) => ({
        ...state,
        shownCaps: new Set([...state.shownCaps, agentId]),
        wantedCaps: agentId,
      })),
    foundCaps: () => cell.change((state) => ({ ...state, wantedCaps: null })),
    reconnect: () => stream?.reconnect(),
    stop() {
      stopped = true;
      clearInterval(health);
      clearInterval(everything);
      refresher.stop();
      stream?.stop();
    },
  };
}

function withRefusal(
  refused: BoardState['refused'],
  { proposal_id: id }: WireProposal,
  answer: Answer<unknown>,
): BoardState['refused'] {
  const next = new Map(refused);
  if (answer.ok) next.delete(id);
  else next.set(id, answer.problem);
  return next;
}

/** The decided proposal, when the answer to a decision is one. */
function proposalIn(data: unknown, proposalId: string): WireProposal | null {
  const whole =
    typeof data === 'object' &&
    data !== null &&
    'proposal_id' in data &&
    data.proposal_id === proposalId &&
    'payload_hash' in data &&
    'created_at' in data;
  return whole ? (data as WireProposal) : null;
}
