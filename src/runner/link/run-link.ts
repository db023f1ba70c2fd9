// What a runner says to the server for its run, with the run's own secret. Every answer is a value; `unreachable` also stands for a
// server that is up but can't record (503), since to the runner that is the same: no.

import type { TreeHandle } from '../../process/entry.ts';
import type { ClientAnswer } from '../../server/client.ts';
import type { WireProposal, WireToolCall } from '../../server/wire/proposal.ts';
import type {
  WireProcess,
  WireRegisteredRun,
  WireRegisterRun,
  WireReserve,
  WireReserved,
  WireSettle,
  WireSettled,
} from '../../server/wire/run.ts';
import { type Problem, problemOf } from './problem.ts';
import { clientAt, type ServerPlace } from './server-place.ts';

export type Answer<T> =
  | { readonly result: 'ok'; readonly value: T }
  | ({ readonly result: 'refused'; readonly status: number } & Problem)
  /** `mayHaveArrived`: the server may have acted on it although no answer came. */
  | { readonly result: 'unreachable'; readonly why: string; readonly mayHaveArrived: boolean };

export type ReserveAnswer = WireReserved | Extract<Answer<never>, { result: 'unreachable' }>;

export interface RunEnd {
  readonly status: 'succeeded' | 'failed' | 'timed_out' | 'killed';
  readonly reason: string;
  readonly exit_code: number | null;
  readonly detail?: Readonly<Record<string, string | number | null>>;
}

export interface RunLink {
  spawned(handle: TreeHandle): Promise<Answer<unknown>>;
  end(end: RunEnd): Promise<Answer<unknown>>;
  reserve(reserve: WireReserve): Promise<ReserveAnswer>;
  settle(reservationId: string, settle: WireSettle): Promise<Answer<WireSettled>>;
  void(reservationId: string, reason: string): Promise<Answer<WireSettled>>;
  checkTool(tool: string, input: unknown): Promise<Answer<WireToolCall>>;
  toolResult(toolCallId: string, ok: boolean, result: unknown): Promise<Answer<unknown>>;
  /** Answers when it is decided, or after so many seconds as it is then. */
  proposal(proposalId: string, waitS: number): Promise<Answer<WireProposal>>;
  outcome(proposalId: string, outcome: 'executed' | 'failed'): Promise<Answer<unknown>>;
}

/** Longer than the server waits for a disk that is slow for a moment. */
const CALL = { timeoutMs: 10_000 };
const NO_SERVER = { result: 'unreachable', why: 'no server is running', mayHaveArrived: false } as const;

export async function registerRun(
  place: ServerPlace,
  runnerToken: string,
  body: WireRegisterRun,
): Promise<Answer<WireRegisteredRun>> {
  const client = clientAt(place, runnerToken)();
  if (client === null) return NO_SERVER;
  const answer = await client.request<WireRegisteredRun>('POST', '/runs', body, CALL);
  client.close();
  // Here a 503 is a refusal with a reason of its own: no watchdog, a mirror that can't follow.
  if (answer.result === 'problem') {
    return { result: 'refused', status: answer.status, ...problemOf(answer.problem) };
  }
  return judged(place, answer);
}

export function runLink(place: ServerPlace, runId: string, secret: string): RunLink {
  const at = clientAt(place, secret);
  const post = async <T>(path: string, body: unknown): Promise<Answer<T>> => {
    const client = at();
    return client === null ? NO_SERVER : judged(place, await client.request<T>('POST', path, body, CALL));
  };
  return {
    spawned: ({ root, marker }) => post(`/runs/${runId}/spawned`, { tree: { root: toWire(root), marker } }),
    end: (end) => post(`/runs/${runId}/end`, end),
    settle: (id, body) => post(`/reservations/${id}/settle`, body),
    checkTool: (tool, input) => post('/tool-calls', { tool, input }),
    toolResult: (id, ok, result) => post(`/tool-calls/${id}/result`, { ok, result }),
    outcome: (id, outcome) => post(`/proposals/${id}/outcome`, { outcome }),
    async proposal(id, waitS) {
      const client = at();
      if (client === null) return NO_SERVER;
      const limit = { timeoutMs: waitS * 1_000 + CALL.timeoutMs };
      return judged(
        place,
        await client.request<WireProposal>('GET', `/proposals/${id}?wait=${waitS}s`, undefined, limit),
      );
    },
    void: (id, reason) => post(`/reservations/${id}/void`, { reason }),
    async reserve(body) {
      const client = at();
      if (client === null) return NO_SERVER;
      const answer = judged(place, await client.reserve(body, CALL));
      if (answer.result === 'ok') return answer.value;
      return answer.result === 'unreachable' ? answer : { ...answer, remaining_micro_usd: null };
    },
  };
}

export function toWire(id: TreeHandle['root']): WireProcess {
  return { pid: id.pid, start_ticks: id.startTicks, boot_id: id.bootId };
}

function judged<T>(place: ServerPlace, answer: ClientAnswer<T>): Answer<T> {
  if (answer.result === 'ok') return { result: 'ok', value: answer.body };
  if (answer.result === 'unreachable') {
    place.forget();
    return { result: 'unreachable', why: answer.reason, mayHaveArrived: answer.sent };
  }
  const problem = problemOf(answer.problem);
  if (answer.status >= 500) return { result: 'unreachable', why: problem.detail, mayHaveArrived: false };
  return { result: 'refused', status: answer.status, ...problem };
}
