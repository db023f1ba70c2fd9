// The model for the probe of Claude Code: its first answer asks for two tools, every later one ends the turn.
import { type ProbeEvent, type ProbeServer, probeServer } from '../probe-server.ts';

export interface ProbeTool {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export function probeModel(tools: readonly ProbeTool[]): Promise<ProbeServer> {
  let hasAsked = false;
  return probeServer(({ method, body }) => {
    const isTurn = method === 'POST' && body.includes('"tools":[{');
    const events = eventsOf(isTurn && !hasAsked ? tools : []);
    hasAsked ||= isTurn;
    return events;
  });
}

function eventsOf(tools: readonly ProbeTool[]): readonly ProbeEvent[] {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = { id: 'msg_probe', type: 'message', role: 'assistant', model: 'probe', content: [], usage };
  const words = { block: { type: 'text', text: '' }, delta: { type: 'text_delta', text: 'done' } };
  const blocks =
    tools.length === 0
      ? [words]
      : tools.map(({ id, name, input }) => ({
          block: { type: 'tool_use', id, name, input: {} },
          delta: { type: 'input_json_delta', partial_json: JSON.stringify(input) },
        }));
  const stop_reason = tools.length === 0 ? 'end_turn' : 'tool_use';
  return [
    { type: 'message_start', message: { ...message, stop_reason: null } },
    ...blocks.flatMap(({ block, delta }, index) => [
      { type: 'content_block_start', index, content_block: block },
      { type: 'content_block_delta', index, delta },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ];
}
