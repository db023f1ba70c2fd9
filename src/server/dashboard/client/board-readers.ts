// Reads each resource of the server into the board. A failed read keeps what was shown and says that it is old.
import type { WireGrant } from '../../wire/grant.ts';
import type { WirePage, WireProposal } from '../../wire/proposal.ts';
import type { WireRun, WireScoreboard, WireStatus } from '../../wire/record.ts';
import type { WireSpend } from '../../wire/spend.ts';
import type { Answer, Api } from './api.ts';
import type { BoardState } from './board-state.ts';
import type { Cell } from './cell.ts';
import type { Resource } from './event-log.ts';
import { mergePending, neighbour, putProposal, trimSettled, updateSettled } from './queue.ts';
import type { RuleChanges } from './rule-changes-shape.ts';

const PENDING_PAGE = 200;
/** Those that wait and are listed; the oldest. */
export const MOST_PENDING = 400;
const MOST_LIVE_RUNS = 100;

export interface Readers {
  readonly resources: Readonly<Record<Resource, () => Promise<void>>>;
  /** One proposal, put in its place in the queue. */
  readonly proposal: (proposalId: string) => Promise<void>;
}

export function createReaders(cell: Cell<BoardState>, api: Api): Readers {
  async function read<T>(
    name: string,
    path: string,
    take: (state: BoardState, data: T) => BoardState,
  ): Promise<void> {
    const answer = await api.get<T>(path);
    cell.change((state) => settle(state, name, answer, take));
  }

  async function proposal(proposalId: string): Promise<void> {
    await read<WireProposal>(
      `proposal ${proposalId}`,
      `/proposals/${encodeURIComponent(proposalId)}`,
      (state, data) => ({
        ...state,
        queue: putProposal(state.queue, data),
      }),
    );
    cell.change((state) => {
      const shown = state.queue.some((entry) => entry.proposal.proposal_id === state.selectedId);
      return shown ? state : { ...state, selectedId: neighbour(state.queue, null, 1) };
    });
  }

  async function pending(): Promise<void> {
    const answer = await pendingPages(api);
    let gone: readonly string[] = [];
    cell.change((state) =>
      settle(state, 'pending', answer, (known, items) => {
        const merged = mergePending(known.queue, items);
        gone = merged.gone;
        return withQueue(known, merged.queue, items.length);
      }),
    );
    for (const proposalId of gone) await proposal(proposalId);
  }

  return {
    proposal,
    resources: {
      pending,
      status: () =>
        read<WireStatus>('status', '/status', (state, status) => ({
          ...state,
          status,
          answeredAtMs: Date.now(),
          skewMs: steadySkew(state.skewMs, Date.parse(status.as_of) - Date.now()),
        })),
      unknown: () =>
        read<WirePage<WireProposal>>(
          'unknown',
          '/proposals?status=unknown&limit=50&payloads=short',
          (state, page) => ({
            ...state,
            unknown: page.items,
          }),
        ),
      recent: () =>
        read<WirePage<WireProposal>>('recent', '/proposals?limit=100&payloads=short', (state, page) => ({
          ...state,
          recent: recentlyDecided(page.items),
          queue: updateSettled(state.queue, page.items),
        })),
      scoreboard: () =>
        read<WireScoreboard>('scoreboard', '/scoreboard', (state, scoreboard) => ({ ...state, scoreboard })),
      spend: () =>
        read<WireSpend>('spend', `/spend?per=${cell.read().spendPer}&limit=200`, (state, spend) => ({
          ...state,
          spend,
        })),
      runs: () =>
        // Apart, so that no number of runs that ended hides one that lives.
        Promise.all([
          read<WirePage<WireRun>>('live runs', `/runs?live=true&limit=${MOST_LIVE_RUNS}`, (state, page) => ({
            ...state,
            liveRuns: page.items,
          })),
          read<WirePage<WireRun>>('runs', '/runs?limit=30', (state, page) => ({
            ...state,
            runs: page.items,
          })),
        ]).then(() => undefined),
      grants: () =>
        read<WirePage<WireGrant>>('grants', '/grants?limit=50', (state, page) => ({
          ...state,
          grants: page.items,
        })),
      changes: () =>
        read<RuleChanges>('changes', '/admin/changes', (state, changes) => ({ ...state, changes })),
    },
  };
}

/** The oldest first, a bounded number of pages: a flood of new ones never hides an old one. */
async function pendingPages(api: Api): Promise<Answer<readonly WireProposal[]>> {
  const items: WireProposal[] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer: Answer<WirePage<WireProposal>> = await api.get(
      `/proposals?status=pending&limit=${PENDING_PAGE}&payloads=short${after}`,
    );
    if (!answer.ok) return answer;
    items.push(...answer.data.items);
    cursor = answer.data.next_cursor;
  } while (cursor !== null && items.length < MOST_PENDING);
  return { ok: true, data: items };
}

function withQueue(state: BoardState, queue: BoardState['queue'], waiting: number): BoardState {
  const known = new Set(state.queue.map((entry) => entry.proposal.proposal_id));
  const arrived = queue.filter((entry) => !known.has(entry.proposal.proposal_id));
  const selectedId = state.selectedId ?? neighbour(queue, null, 1);
  const first = arrived[0]?.proposal;
  const announcement =
    first === undefined || !state.queueLoaded
      ? state.announcement
      : `New proposal from ${first.agent_id ?? 'the operator'}: ${first.action_type}. ${waiting} waiting.`;
  return { ...state, queue: trimSettled(queue, selectedId), queueLoaded: true, selectedId, announcement };
}

function settle<T>(
  state: BoardState,
  name: string,
  answer: Answer<T>,
  take: (state: BoardState, data: T) => BoardState,
): BoardState {
  const troubles = new Map(state.troubles);
  if (!answer.ok) return { ...state, troubles: troubles.set(name, answer.problem) };
  const taken = take(state, answer.data);
  if (!troubles.delete(name)) return taken;
  return { ...taken, troubles };
}

function recentlyDecided(proposals: readonly WireProposal[]): readonly WireProposal[] {
  return proposals
    .filter((proposal) => proposal.status !== 'pending')
    .sort((a, b) => (b.decided_at ?? b.created_at).localeCompare(a.decided_at ?? a.created_at))
    .slice(0, 20);
}

/** Ignores the jitter of a request's travel, so that countdowns do not stutter. */
function steadySkew(known: number, measured: number): number {
  return Math.abs(known - measured) < 1500 ? known : measured;
}
