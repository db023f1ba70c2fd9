// What Codex asks to do, in the words that rules are written in: a command is a Bash, and a patch is a Write or an Edit of each file that it
// touches. A command that is to run elsewhere is one that goes there first.
import { isRecord } from '../../../core/json-object.ts';
import { shellWord } from '../../../core/shell-word.ts';
import type { Approval, CodexItem } from './message.ts';
import { scriptOf } from './shell-words.ts';

export interface ToolCall {
  readonly callId: string;
  readonly tool: 'Bash' | 'Edit' | 'Write';
  readonly input: Readonly<Record<string, unknown>>;
}

/** Empty when it can't be told what it would do. */
export function toolCallsOf(
  approval: Approval,
  item: CodexItem | undefined,
  home: string,
): readonly ToolCall[] {
  if (approval.isOther) return [];
  const callId = approval.approvalId === null ? approval.itemId : `${approval.itemId}:${approval.approvalId}`;
  if (approval.kind === 'command') {
    const command = approval.command === null ? null : commandOf(approval.command, approval.cwd, home);
    return command === null ? [] : [{ callId, tool: 'Bash', input: { command } }];
  }
  const changes = item?.fields['changes'];
  if (!Array.isArray(changes) || changes.length === 0) return [];
  const calls = changes.map((change: unknown, at) => changeCalls(change, `${callId}:${at}`));
  return calls.some((each) => each.length === 0) ? [] : calls.flat();
}

function commandOf(commandLine: string, cwd: string | null, home: string): string {
  const script = scriptOf(commandLine);
  return cwd === null || cwd === home ? script : `cd ${shellWord(cwd)} && ${script}`;
}

function changeCalls(change: unknown, callId: string): readonly ToolCall[] {
  if (!isRecord(change)) return [];
  const { path, kind, diff } = change;
  if (typeof path !== 'string' || typeof diff !== 'string' || !isRecord(kind)) return [];
  if (kind['type'] === 'add') return [{ callId, tool: 'Write', input: { file_path: path, content: diff } }];
  if (kind['type'] === 'delete') return [{ callId, tool: 'Edit', input: { file_path: path, deleted: true } }];
  if (kind['type'] !== 'update') return [];
  const edit: ToolCall = { callId, tool: 'Edit', input: { file_path: path, diff } };
  const { move_path: movedTo } = kind;
  if (typeof movedTo !== 'string') return [edit];
  return [
    edit,
    { callId: `${callId}:moved`, tool: 'Write', input: { file_path: movedTo, moved_from: path } },
  ];
}
