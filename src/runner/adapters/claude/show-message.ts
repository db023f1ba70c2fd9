// What a person watching a run sees of Claude's messages: its words, the tools it asks for and what they answered, a line each.
import { isRecord, textOf } from '../../../core/json-object.ts';
import { shorten } from '../shorten.ts';

export function showMessage(message: Record<string, unknown>): readonly string[] {
  const { type, message: inner } = message;
  const content = isRecord(inner) ? inner['content'] : null;
  if (!Array.isArray(content)) return [];
  if (type === 'assistant') return content.flatMap(showBlock);
  return type === 'user' ? content.flatMap(showOutcome) : [];
}

function showBlock(block: unknown): readonly string[] {
  if (!isRecord(block)) return [];
  if (block['type'] === 'text' && typeof block['text'] === 'string') return block['text'].split('\n');
  if (block['type'] !== 'tool_use') return [];
  return [`→ ${shorten(textOf(block['name']))} ${shorten(JSON.stringify(block['input'] ?? null))}`];
}

function showOutcome(block: unknown): readonly string[] {
  if (!isRecord(block) || block['type'] !== 'tool_result') return [];
  const { content } = block;
  const text = Array.isArray(content)
    ? content.map((part: unknown) => (isRecord(part) ? textOf(part['text']) : '')).join(' ')
    : textOf(content);
  return [`${block['is_error'] === true ? '✗' : '←'} ${shorten(text)}`];
}
