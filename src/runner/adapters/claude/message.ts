// The lines that Claude Code writes and reads in its stream-json form. A line may be anything; what is not understood here is nothing
// that could be acted on, and a request that is not understood is answered with an error, which Claude takes as a no.

import { isRecord, textOf } from '../../../core/json-object.ts';
import { MAX_USD } from '../../../core/ledger/money.ts';

export interface ToolRequest {
  readonly requestId: string;
  readonly kind: 'permission' | 'hook';
  readonly toolUseId: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ToolOutcome {
  readonly toolUseId: string;
  readonly ok: boolean;
  readonly content: unknown;
}

export type ClaudeMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'not_ready'; readonly why: string }
  | { readonly type: 'tool_request'; readonly request: ToolRequest }
  | { readonly type: 'other_request'; readonly requestId: string; readonly subtype: string }
  | { readonly type: 'tool_outcomes'; readonly outcomes: readonly ToolOutcome[] }
  | {
      readonly type: 'result';
      readonly isError: boolean;
      readonly why: string;
      readonly text: string;
      readonly costUsd: number | null;
    }
  | { readonly type: 'other' };

const INITIALIZE_ID = 'governed-initialize';
const HOOK_ID = 'governed-before-tool';
/** Longer than a person sleeps, and short enough for a timer; what it cuts off is blocked. */
const HOOK_LIMIT_S = 1_000_000;

export function readMessage(line: Record<string, unknown>): ClaudeMessage {
  switch (line['type']) {
    case 'control_response':
      return readResponse(line['response']);
    case 'control_request':
      return readRequest(line['request_id'], line['request']);
    case 'user':
      return { type: 'tool_outcomes', outcomes: readOutcomes(line['message']) };
    case 'result':
      return readResult(line);
    default:
      return { type: 'other' };
  }
}

function readResponse(response: unknown): ClaudeMessage {
  if (!isRecord(response) || response['request_id'] !== INITIALIZE_ID) return { type: 'other' };
  if (response['subtype'] === 'success') return { type: 'ready' };
  return { type: 'not_ready', why: textOf(response['error']) };
}

function readRequest(id: unknown, request: unknown): ClaudeMessage {
  if (typeof id !== 'string' || !isRecord(request)) return { type: 'other' };
  const subtype = textOf(request['subtype']);
  const asked = subtype === 'hook_callback' ? request['input'] : request;
  const isHook = subtype === 'hook_callback' && request['callback_id'] === HOOK_ID;
  if (isRecord(asked) && (isHook || subtype === 'can_use_tool')) {
    const { tool_name: tool, tool_use_id: toolUseId } = asked;
    const input = isHook ? asked['tool_input'] : asked['input'];
    if (typeof tool === 'string' && typeof toolUseId === 'string' && isRecord(input)) {
      const kind = isHook ? 'hook' : 'permission';
      return { type: 'tool_request', request: { requestId: id, kind, toolUseId, tool, input } };
    }
  }
  return { type: 'other_request', requestId: id, subtype };
}

function readOutcomes(message: unknown): readonly ToolOutcome[] {
  const content = isRecord(message) ? message['content'] : null;
  if (!Array.isArray(content)) return [];
  return content.flatMap((block: unknown) => {
    if (!isRecord(block) || block['type'] !== 'tool_result') return [];
    const { tool_use_id: toolUseId } = block;
    if (typeof toolUseId !== 'string') return [];
    return [{ toolUseId, ok: block['is_error'] !== true, content: block['content'] ?? null }];
  });
}

/** An error of the API arrives as a success with `is_error`. */
function readResult(line: Record<string, unknown>): ClaudeMessage {
  const { total_cost_usd: cost, is_error: isError } = line;
  const text = textOf(line['result']);
  const errors = line['errors'];
  return {
    type: 'result',
    isError: isError !== false || line['subtype'] !== 'success',
    why:
      text || (Array.isArray(errors) ? errors.map(textOf).join('; ') : '') || textOf(line['terminal_reason']),
    text,
    costUsd: typeof cost === 'number' && cost >= 0 && cost <= MAX_USD ? cost : null,
  };
}

export function initialize(): unknown {
  const hook = { matcher: '*', hookCallbackIds: [HOOK_ID], timeout: HOOK_LIMIT_S, onFailure: 'block' };
  return {
    type: 'control_request',
    request_id: INITIALIZE_ID,
    request: { subtype: 'initialize', hooks: { PreToolUse: [hook] } },
  };
}

export function userMessage(text: string): unknown {
  return { type: 'user', message: { role: 'user', content: text } };
}

export function allow(request: ToolRequest, input: unknown): unknown {
  // A hook that says nothing leaves it to the permission that is asked for next.
  return success(
    request.requestId,
    request.kind === 'hook' ? {} : { behavior: 'allow', updatedInput: input },
  );
}

export function deny(request: ToolRequest, message: string): unknown {
  const byHook = {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: message,
    },
  };
  return success(request.requestId, request.kind === 'hook' ? byHook : { behavior: 'deny', message });
}

export function refuseRequest(requestId: string, why: string): unknown {
  return { type: 'control_response', response: { subtype: 'error', request_id: requestId, error: why } };
}

function success(requestId: string, response: unknown): unknown {
  return { type: 'control_response', response: { subtype: 'success', request_id: requestId, response } };
}
