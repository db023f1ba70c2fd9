// A model for the probe alone, on loopback: its first answer asks for two tools, every later one ends the turn. It costs nothing and
// never leaves the machine.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ProbeModel {
  readonly url: string;
  close(): void;
}

export interface ProbeTool {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export async function probeModel(tools: readonly ProbeTool[]): Promise<ProbeModel> {
  let hasAsked = false;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const isTurn = request.method === 'POST' && body.includes('"tools":[{');
    answer(response, isTurn && !hasAsked ? tools : []);
    hasAsked ||= isTurn;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(response: ServerResponse, tools: readonly ProbeTool[]): void {
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
  const events = [
    { type: 'message_start', message: { ...message, stop_reason: null } },
    ...blocks.flatMap(({ block, delta }, index) => [
      { type: 'content_block_start', index, content_block: block },
      { type: 'content_block_delta', index, delta },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
}
