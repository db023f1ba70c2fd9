// What `codex exec` itself would have written for what its app server says: its last answer, or with --json each event on a line. Subagents
// speak in threads of their own, and only the first thread is the one that was asked.
import { fieldsOf } from '../../core/json-object.ts';
import type { LastMessage } from './last-message.ts';
import type { Words } from './words.ts';

export interface CodexWordsOptions {
  readonly isJson: boolean;
  /** Where the last answer goes too; null: nowhere else. */
  readonly keepLast: LastMessage | null;
}

type Fields = Readonly<Record<string, unknown>>;

export function codexWords({ isJson, keepLast }: CodexWordsOptions): Words {
  const numbers = new Map<string, string>();
  let threadId: unknown = null;
  let last = '';
  let usage: Fields | null = null;

  const ended = (turn: Fields): string | null => {
    const isDone = turn['status'] === 'completed';
    if (isDone) keepLast?.(last);
    if (!isJson) return isDone && last !== '' ? last : null;
    if (isDone) return line({ type: 'turn.completed', usage: usage === null ? null : usageOf(usage) });
    const message = String(fieldsOf(turn['error'])['message'] ?? turn['status']);
    return line({ type: 'turn.failed', error: { message } });
  };

  const itemLine = (stage: 'started' | 'completed', item: Fields): string | null => {
    const shown = shownItem(item);
    if (shown === null || (stage === 'started' && !('status' in shown))) return null;
    const id = String(item['id']);
    const number = numbers.get(id) ?? `item_${numbers.size}`;
    numbers.set(id, number);
    return line({ type: `item.${stage}`, item: { id: number, ...shown } });
  };

  return ({ method, params }) => {
    const said = fieldsOf(params);
    if (method === 'thread/started' && threadId === null) {
      threadId = fieldsOf(said['thread'])['id'];
      return isJson ? line({ type: 'thread.started', thread_id: threadId }) : null;
    }
    if (said['threadId'] !== threadId) return null;
    const item = fieldsOf(said['item']);
    if (method === 'item/completed' && item['type'] === 'agentMessage') last = String(item['text'] ?? '');
    if (method === 'thread/tokenUsage/updated') usage = fieldsOf(fieldsOf(said['tokenUsage'])['total']);
    if (method === 'turn/completed') return ended(fieldsOf(said['turn']));
    if (!isJson) return null;
    if (method === 'turn/started') return line({ type: 'turn.started' });
    if (method === 'item/started') return itemLine('started', item);
    return method === 'item/completed' ? itemLine('completed', item) : null;
  };
}

const STATUS: Readonly<Record<string, string>> = { inProgress: 'in_progress' };

/** Null for what `codex exec --json` has no event of. */
function shownItem(item: Fields): Fields | null {
  const status = STATUS[String(item['status'])] ?? item['status'];
  switch (item['type']) {
    case 'agentMessage':
      return { type: 'agent_message', text: item['text'] };
    case 'reasoning':
      return { type: 'reasoning', text: listOf(item['summary']).join('\n') };
    case 'commandExecution': {
      const { command, aggregatedOutput, exitCode } = item;
      const output = { aggregated_output: aggregatedOutput ?? '', exit_code: exitCode ?? null };
      return { type: 'command_execution', command, ...output, status };
    }
    case 'fileChange': {
      const changes = listOf(item['changes']).map((change) => {
        const { path, kind } = fieldsOf(change);
        return { path, kind: fieldsOf(kind)['type'] };
      });
      return { type: 'file_change', changes, status };
    }
    default:
      return null;
  }
}

function usageOf(total: Fields): Fields {
  return {
    input_tokens: total['inputTokens'],
    cached_input_tokens: total['cachedInputTokens'],
    cache_write_input_tokens: total['cacheWriteInputTokens'],
    output_tokens: total['outputTokens'],
    reasoning_output_tokens: total['reasoningOutputTokens'],
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function line(event: Fields): string {
  return JSON.stringify(event);
}
