// The stream that tells a runner what is wanted of its run: pause, resume, kill, and what became of its proposals. It says the present
// state at first, so that a runner which comes back has missed nothing.
import { readProposal, readStatuses } from '../../store/read/proposals.ts';
import { type RunRow, readRun } from '../../store/read/runs.ts';
import type { ServerContext } from '../context.ts';
import { runOf } from '../identity/identity.ts';
import { whyNotOwnRun } from '../identity/not-allowed.ts';
import { runStatus } from '../present/run.ts';
import { type Route, route } from '../route.ts';
import { KEEP_ALIVE_MS, type Message, serverSentEvents } from '../streams/server-sent-events.ts';
import type { WireControl } from '../wire/run.ts';

const ROWS_AT_ONCE = 500;
/** More than may wait at once. */
const NEWEST_TOLD = 100;

export function controlRoute(context: ServerContext): Route {
  return route({
    method: 'GET',
    path: '/runs/:id/control',
    who: ['run'],
    body: null,
    query: null,
    handle({ identity, param, signal }) {
      const other = whyNotOwnRun(identity, param('id'));
      return other ?? serverSentEvents(signal(), follow(context, runOf(identity)));
    },
  });
}

function follow(context: ServerContext, start: RunRow): (signal: AbortSignal) => Promise<Message[] | null> {
  const { feed, store } = context;
  let seq = feed.seq;
  let paused = false;
  let said = false;
  let over = false;

  const tellState = (): WireControl[] => {
    const run = readRun(store, start.id);
    if (run === null) return [];
    const told: WireControl[] = said ? [] : [{ type: 'hello', run_id: run.id, status: runStatus(run) }];
    said = true;
    if (run.ended_at_ms !== null) {
      over = true;
      return [...told, { type: 'kill', reason: run.end_reason ?? run.status, status: run.status }];
    }
    if (run.status === 'paused' && !paused)
      told.push({ type: 'pause', reason: run.pause_reason ?? 'no reason given' });
    if (run.status !== 'paused' && paused) told.push({ type: 'resume' });
    paused = run.status === 'paused';
    return told;
  };

  return async (signal) => {
    if (!said) return [...tellState(), ...proposalsNow(context, start.id)].map(asMessage);
    if (over) return null;
    const untilMs = performance.now() + KEEP_ALIVE_MS;
    for (;;) {
      await feed.nextAfter(seq, untilMs - performance.now(), signal);
      const rows = feed.rowsAfter(seq, ROWS_AT_ONCE);
      seq = rows.at(-1)?.seq ?? seq;
      const own = rows.filter((row) => row.run_id === start.id);
      const proposals = new Set(own.flatMap((row) => row.proposal_id ?? []));
      const told =
        own.length === 0
          ? []
          : [...tellState(), ...[...proposals].flatMap((id) => proposalNow(context, start.id, id))];
      if (told.length > 0 || signal.aborted || performance.now() >= untilMs) return told.map(asMessage);
    }
  };
}

/** What became of the newest proposals: some may have been decided, or have expired, while nobody listened. */
function proposalsNow({ store }: ServerContext, runId: string): WireControl[] {
  const rows = readStatuses(store, runId, NEWEST_TOLD);
  return rows.map(({ id, status }) => ({ type: 'proposal', proposal_id: id, status }));
}

function proposalNow(context: ServerContext, runId: string, id: string): WireControl[] {
  const row = readProposal(context.store, id);
  // An event of this run may name another run's proposal: somebody tried to decide what is not theirs.
  return row === null || row.run_id !== runId
    ? []
    : [{ type: 'proposal', proposal_id: row.id, status: row.status }];
}

function asMessage(control: WireControl): Message {
  return { data: JSON.stringify(control) };
}
