// Talks with `codex app-server` over its pipes: the task is sent only when it has repeated that it asks before it acts, every command and
// patch that it asks for is judged, and its input is closed when its turn is over. What it did without asking stops the run.
import type { Conversation, Verdict } from '../adapter.ts';
import { lineConversation } from '../line-conversation.ts';
import type { ToolGate } from '../tool-gate.ts';
import { askedOf } from './asked.ts';
import { threadOf } from './handshake.ts';
import { type CodexMessage, readMessage, refuseRequest, request } from './message.ts';

export interface CodexConversationOptions {
  readonly task: string;
  /** The terms of its thread. */
  readonly thread: Readonly<Record<string, unknown>>;
  readonly cwd: string;
  readonly offersSubagents: boolean;
  readonly tools: ToolGate;
  readonly onBypass: (why: string) => void;
  readonly onMessage: (message: Record<string, unknown>) => void;
}

const ANSWER_LIMIT_MS = 1_000;
const ID = { initialize: 'governed-initialize', thread: 'governed-thread', turn: 'governed-turn' } as const;
/** Each is said again when its item is complete. */
const UNHEARD = [
  'item/agentMessage/delta',
  'item/commandExecution/outputDelta',
  'item/fileChange/outputDelta',
  'item/plan/delta',
  'item/reasoning/summaryTextDelta',
  'item/reasoning/textDelta',
  'turn/diff/updated',
];

const INITIALIZE = request(ID.initialize, 'initialize', {
  clientInfo: { name: 'governed-agents', title: null, version: '1' },
  capabilities: { experimentalApi: true, requestAttestation: false, optOutNotificationMethods: UNHEARD },
});

export function codexConversation(options: CodexConversationOptions): Conversation {
  const { onBypass } = options;
  const tokens = new Map<string, number>();
  let threadId: string | null = null;
  let end: { readonly status: string; readonly why: string | null } | null = null;

  const talk = lineConversation({
    opening: INITIALIZE,
    hear: (line) => {
      hear(readMessage(line));
      options.onMessage(line);
    },
    onLate: onBypass,
  });
  const { send } = talk;
  const waiting = new Map<unknown, () => void>();
  const asked = askedOf({
    ...options,
    send,
    threadId: () => threadId,
    request: (method, params) =>
      new Promise((resolve) => {
        const id = `governed-${waiting.size}-${method}`;
        const timer = setTimeout(resolve, ANSWER_LIMIT_MS);
        waiting.set(id, () => {
          clearTimeout(timer);
          resolve();
        });
        send(request(id, method, params));
      }),
  });

  const finishTurn = (status: string, why: string | null): void => {
    end = { status, why };
    talk.close();
  };

  const hearResponse = ({ id, result, error }: Extract<CodexMessage, { type: 'response' }>): void => {
    waiting.get(id)?.();
    if (id === ID.turn && error !== null) finishTurn('failed', error);
    if (id !== ID.initialize && id !== ID.thread) return;
    if (error !== null) {
      onBypass(`it refused the gate: ${error}`);
    } else if (id === ID.initialize) {
      send({ method: 'initialized' });
      send(request(ID.thread, 'thread/start', options.thread));
    } else {
      const started = threadOf(result, options.thread);
      if (started.result === 'refused') {
        onBypass(`it refused the gate: ${started.why}`);
        return;
      }
      talk.stopWaiting();
      ({ threadId } = started);
      const input = [{ type: 'text', text: options.task, text_elements: [] }];
      send(request(ID.turn, 'turn/start', { threadId, input }));
    }
  };

  const hear = (message: CodexMessage): void => {
    if (message.type === 'response') hearResponse(message);
    else if (message.type === 'approval') void asked.answer(message.approval);
    else if (message.type === 'other_request') {
      send(refuseRequest(message.requestId, `${message.method} is not something that this host does`));
    } else if (message.type === 'item') asked.hear(message.stage, message.item);
    else if (message.type === 'tokens') tokens.set(message.threadId, message.total);
    else if (message.type === 'turn_completed' && message.threadId === threadId) {
      finishTurn(message.status, message.why);
    }
  };

  return {
    begin: talk.begin,
    async finish() {
      talk.stopWaiting();
      await options.tools.flush();
    },
    verdict: () => (end === null ? null : verdictOf(end.status, end.why, [...tokens.values()])),
  };
}

function verdictOf(status: string, why: string | null, tokens: readonly number[]): Verdict {
  const isDone = status === 'completed';
  return {
    status: isDone ? 'succeeded' : 'failed',
    reason: isDone ? 'it says that it is done' : `it says: ${why ?? status}`,
    claimedMicroUsd: null,
    claimedTokens: tokens.length === 0 ? null : tokens.reduce((sum, each) => sum + each, 0),
  };
}
