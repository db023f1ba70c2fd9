// Lines that no agent CLI says, but that whoever reaches its stdout could write: none of them ends the runner.
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json-object.ts';
import { readMessage as readClaude } from '../../../src/runner/adapters/claude/message.ts';
import { showMessage as showClaude } from '../../../src/runner/adapters/claude/show-message.ts';
import { readMessage as readCodex } from '../../../src/runner/adapters/codex/message.ts';
import { showMessage as showCodex } from '../../../src/runner/adapters/codex/show-message.ts';
import { lineConversation } from '../../../src/runner/adapters/line-conversation.ts';

/** Nothing can be made of it by asking it for its text. */
const MUTE = { toString: 1, valueOf: 1 };
const ODD: readonly unknown[] = [MUTE, null, 7, true, [], [MUTE], { text: MUTE, type: MUTE }, ''];

describe('a line with a value of another kind in any place', () => {
  it.each(ODD.map((odd) => [odd]))('(%j) is shown and read, or passed over', (odd) => {
    const block = { type: 'tool_use', name: odd, input: odd };
    const lines: JsonObject[] = [
      { type: odd, message: odd },
      {
        type: 'assistant',
        message: { content: [odd, block, { type: 'tool_use' }, { type: 'text', text: odd }] },
      },
      { type: 'user', message: { content: [odd, { type: 'tool_result', tool_use_id: odd, content: odd }] } },
      { type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 'a', content: odd }] } },
      { type: 'control_request', request_id: odd, request: odd },
      { type: 'control_request', request_id: 'a', request: { subtype: odd, input: odd } },
      { type: 'control_response', response: { request_id: 'governed-initialize', subtype: odd, error: odd } },
      { type: 'result', subtype: odd, result: odd, errors: [odd], total_cost_usd: odd },
      ...['commandExecution', 'fileChange', 'agentMessage', 'userMessage', 'collabAgentToolCall'].flatMap(
        (type) =>
          ['item/started', 'item/completed'].map((method) => ({
            method,
            params: {
              item: {
                id: 'a',
                type,
                status: odd,
                command: odd,
                changes: [odd, { path: odd }],
                text: odd,
                content: [odd, { text: odd }],
                prompt: odd,
                exitCode: odd,
                aggregatedOutput: odd,
              },
            },
          })),
      ),
      { method: 'turn/completed', params: { threadId: odd, turn: odd } },
      { id: odd, error: odd, result: odd },
    ];
    for (const line of lines) {
      for (const read of [readClaude, readCodex, showClaude, showCodex]) expect(read(line)).toBeDefined();
    }
  });
});

it('a line that is nested deeper than the stack is not heard, and the next one is', async () => {
  const heard: JsonObject[] = [];
  const talk = lineConversation({ opening: {}, hear: (line) => heard.push(line), onLate: () => undefined });
  const stdout = new PassThrough();
  talk.begin({ stdin: new PassThrough(), stdout });
  const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
  stdout.end(`{"type":"control_request","request":{"input":${deep}}}\n{"type":"result"}\n`);
  await new Promise((resolve) => stdout.once('close', resolve));
  talk.stopWaiting();
  expect(heard).toEqual([{ type: 'result' }]);
});
