// Talks with Claude Code over its pipes: the task is sent only when it has answered that the gate is in place, every tool call it asks
// for is judged, and its input is closed when it has given its result. A tool that came back without having been asked for stops the run.
import { fromUsd } from '../../../core/ledger/money.ts';
import type { Conversation, Verdict } from '../adapter.ts';
import { lineConversation } from '../line-conversation.ts';
import type { ToolGate } from '../tool-gate.ts';
import {
  allow,
  type ClaudeMessage,
  deny,
  initialize,
  readMessage,
  refuseRequest,
  type ToolOutcome,
  type ToolRequest,
  userMessage,
} from './message.ts';

export interface ConversationOptions {
  readonly task: string;
  readonly tools: ToolGate;
  /** The gate is not where it should be: nothing that this program does may be trusted. */
  readonly onBypass: (why: string) => void;
  readonly onMessage: (message: Record<string, unknown>) => void;
}

export function claudeConversation(options: ConversationOptions): Conversation {
  const { tools, onBypass } = options;
  const asked = new Set<string>();
  const allowed = new Set<string>();
  let result: Extract<ClaudeMessage, { type: 'result' }> | null = null;
  let isReady = false;

  const talk = lineConversation({
    opening: initialize(),
    hear: (line) => {
      hear(readMessage(line));
      options.onMessage(line);
    },
    onLate: onBypass,
  });
  const answer = async (request: ToolRequest): Promise<void> => {
    asked.add(request.toolUseId);
    const judged = await tools.judge(request.toolUseId, request.tool, request.input);
    if (judged.verdict === 'allow') allowed.add(request.toolUseId);
    talk.send(judged.verdict === 'allow' ? allow(request, judged.input) : deny(request, judged.message));
  };
  const outcome = ({ toolUseId, ok, content }: ToolOutcome): void => {
    const id = toolUseId.slice(0, 100);
    if (ok && !asked.has(toolUseId)) onBypass(`a tool ran without asking first (${id})`);
    else if (ok && !allowed.has(toolUseId)) onBypass(`a tool ran that was not allowed (${id})`);
    else if (asked.has(toolUseId)) tools.report(toolUseId, ok, content);
  };
  const hear = (message: ClaudeMessage): void => {
    if (message.type === 'ready' && !isReady) {
      isReady = true;
      talk.stopWaiting();
      talk.send(userMessage(options.task));
    } else if (message.type === 'not_ready') onBypass(`it refused the gate: ${message.why}`);
    else if (message.type === 'tool_request') void answer(message.request);
    else if (message.type === 'other_request') {
      talk.send(refuseRequest(message.requestId, `${message.subtype} is not something that this host does`));
    } else if (message.type === 'tool_outcomes') message.outcomes.forEach(outcome);
    else if (message.type === 'result') {
      result = message;
      talk.close();
    }
  };

  return {
    begin: talk.begin,
    async finish() {
      talk.stopWaiting();
      await tools.flush();
    },
    verdict: () => (result === null ? null : verdictOf(result)),
  };
}

function verdictOf({ isError, why, costUsd }: Extract<ClaudeMessage, { type: 'result' }>): Verdict {
  return {
    status: isError ? 'failed' : 'succeeded',
    reason: isError ? `it says: ${why || 'it failed'}` : 'it says that it is done',
    claimedMicroUsd: costUsd === null ? null : fromUsd(costUsd),
    claimedTokens: null,
  };
}
