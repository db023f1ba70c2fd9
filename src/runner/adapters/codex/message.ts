// The lines that `codex app-server` writes and reads: JSON-RPC without its version. A request that is not understood is answered with an
// error, which Codex takes as a no; a notification that is not understood means nothing here.
import { fieldsOf, isRecord, textOf } from '../../../core/json-object.ts';

export interface CodexItem {
  readonly id: string;
  readonly type: string;
  /** `inProgress`, `completed`, `failed`, `declined`; null for items that only say something. */
  readonly status: string | null;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Approval {
  readonly requestId: string | number;
  readonly kind: 'command' | 'patch';
  readonly turnId: string;
  readonly itemId: string;
  /** Tells several questions about one item apart. */
  readonly approvalId: string | null;
  /** Of a command; null for a patch, which stands in its item, and where there is none to be read. */
  readonly command: string | null;
  readonly cwd: string | null;
  /** Not the start of a command, but input for one that runs, or an address on the network. */
  readonly isOther: boolean;
}

export type CodexMessage =
  | {
      readonly type: 'response';
      readonly id: unknown;
      readonly result: unknown;
      readonly error: string | null;
    }
  | { readonly type: 'approval'; readonly approval: Approval }
  | { readonly type: 'other_request'; readonly requestId: string | number; readonly method: string }
  | { readonly type: 'item'; readonly stage: 'started' | 'completed'; readonly item: CodexItem }
  | {
      readonly type: 'turn_completed';
      readonly threadId: string;
      readonly status: string;
      readonly why: string | null;
    }
  | { readonly type: 'tokens'; readonly threadId: string; readonly total: number }
  | { readonly type: 'other' };

const OTHER: CodexMessage = { type: 'other' };

export function readMessage(line: Record<string, unknown>): CodexMessage {
  const { method, id, params } = line;
  if (typeof method !== 'string') {
    if (id === undefined) return OTHER;
    const { error } = line;
    const why = isRecord(error) ? textOf(error['message']) || 'it gives no reason' : null;
    return { type: 'response', id, result: line['result'], error: why };
  }
  const said = fieldsOf(params);
  if (typeof id === 'string' || typeof id === 'number') return readRequest(method, id, said);
  if (method === 'item/started' || method === 'item/completed') {
    const item = readItem(said['item']);
    if (item === null) return OTHER;
    return { type: 'item', stage: method === 'item/started' ? 'started' : 'completed', item };
  }
  if (method === 'turn/completed') return readTurn(said);
  return method === 'thread/tokenUsage/updated' ? readTokens(said) : OTHER;
}

function readRequest(
  method: string,
  requestId: string | number,
  said: Record<string, unknown>,
): CodexMessage {
  const { itemId, turnId, approvalId, command, cwd } = said;
  const isCommand = method === 'item/commandExecution/requestApproval';
  const isPatch = method === 'item/fileChange/requestApproval';
  if ((!isCommand && !isPatch) || typeof itemId !== 'string' || typeof turnId !== 'string')
    return { type: 'other_request', requestId, method };
  return {
    type: 'approval',
    approval: {
      requestId,
      kind: isCommand ? 'command' : 'patch',
      turnId,
      itemId,
      approvalId: typeof approvalId === 'string' ? approvalId : null,
      command: typeof command === 'string' ? command : null,
      cwd: typeof cwd === 'string' ? cwd : null,
      isOther: isCommand
        ? (said['kind'] ?? 'command') !== 'command' || isRecord(said['networkApprovalContext'])
        : typeof said['grantRoot'] === 'string',
    },
  };
}

function readItem(value: unknown): CodexItem | null {
  if (!isRecord(value)) return null;
  const { id, type, status } = value;
  if (typeof id !== 'string' || typeof type !== 'string') return null;
  return { id, type, status: typeof status === 'string' ? status : null, fields: value };
}

function readTurn({ threadId, turn }: Record<string, unknown>): CodexMessage {
  if (!isRecord(turn) || typeof threadId !== 'string') return OTHER;
  const { error } = turn;
  const why = isRecord(error) ? textOf(error['message']) : null;
  return { type: 'turn_completed', threadId, status: textOf(turn['status']), why };
}

function readTokens({ threadId, tokenUsage }: Record<string, unknown>): CodexMessage {
  const total = isRecord(tokenUsage) ? tokenUsage['total'] : null;
  const count = isRecord(total) ? total['totalTokens'] : null;
  const isCount = typeof count === 'number' && Number.isSafeInteger(count) && count >= 0;
  return typeof threadId === 'string' && isCount ? { type: 'tokens', threadId, total: count } : OTHER;
}

export function request(id: string, method: string, params: unknown): unknown {
  return { id, method, params };
}

export function decision(requestId: string | number, isAllowed: boolean): unknown {
  return { id: requestId, result: { decision: isAllowed ? 'accept' : 'decline' } };
}

export function refuseRequest(requestId: string | number, why: string): unknown {
  return { id: requestId, error: { code: -32_601, message: why } };
}
