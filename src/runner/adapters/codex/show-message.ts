// What a person watching a run sees of Codex's messages: its words, what it asks to do and what came of it, a line each.
import { isRecord, textOf } from '../../../core/json-object.ts';
import { shorten } from '../shorten.ts';
import { NOT_ALLOWED } from './asked.ts';
import { type CodexItem, readMessage } from './message.ts';
import { scriptOf } from './shell-words.ts';

export function showMessage(line: Record<string, unknown>): readonly string[] {
  const message = readMessage(line);
  if (message.type !== 'item') return [];
  return message.stage === 'started' ? showStart(message.item) : showEnd(message.item);
}

function showStart({ type, fields }: CodexItem): readonly string[] {
  if (type === 'commandExecution') return [`→ Bash ${shorten(scriptOf(textOf(fields['command'])))}`];
  if (type === 'fileChange') return [`→ Edit ${shorten(paths(fields['changes']).join(' '))}`];
  return type === 'collabAgentToolCall' ? [`→ Agent ${shorten(textOf(fields['prompt']))}`] : [];
}

function showEnd({ type, status, fields }: CodexItem): readonly string[] {
  if (type === 'agentMessage') return textOf(fields['text']).split('\n');
  if (type === 'userMessage') return told(fields['content']);
  // Why is what the model was told.
  if (status === 'declined') return [];
  if (type === 'fileChange') return [`${status === 'completed' ? '←' : '✗'} ${status ?? ''}`];
  if (type !== 'commandExecution') return [];
  const code = fields['exitCode'];
  const output = shorten(textOf(fields['aggregatedOutput']));
  return [code === 0 ? `← ${output}` : `✗ exit ${JSON.stringify(code)}: ${output}`];
}

/** Only what it was not allowed; the task is known. */
function told(content: unknown): readonly string[] {
  if (!Array.isArray(content)) return [];
  const texts = content.map((part: unknown) => (isRecord(part) ? textOf(part['text']) : ''));
  return texts.filter((text) => text.startsWith(NOT_ALLOWED)).map((text) => `✗ ${shorten(text)}`);
}

function paths(changes: unknown): readonly string[] {
  if (!Array.isArray(changes)) return [];
  return changes.map((change: unknown) => (isRecord(change) ? textOf(change['path']) : ''));
}
