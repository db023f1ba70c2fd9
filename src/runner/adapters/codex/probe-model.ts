// A model for the probe alone, on loopback, that speaks OpenAI's Responses: each answer is the next step of what is tried. It costs
// nothing and never leaves the machine.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ProbeModel {
  readonly url: string;
  close(): void;
}

/** Gets what was sent so far, which holds what earlier steps came to. */
export type ProbeStep = (sent: string) => readonly unknown[];

const DONE = [
  {
    type: 'message',
    role: 'assistant',
    id: 'msg_probe',
    content: [{ type: 'output_text', text: 'done', annotations: [] }],
  },
];
const USAGE = {
  input_tokens: 1,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 1,
  total_tokens: 2,
};

export async function probeModel(steps: readonly ProbeStep[]): Promise<ProbeModel> {
  let turn = 0;
  const server = createServer(async (incoming, response) => {
    const sent = await text(incoming);
    if (incoming.method !== 'POST' || incoming.url?.endsWith('/responses') !== true) {
      response.writeHead(404).end('{}');
      return;
    }
    const items = steps[turn]?.(sent) ?? DONE;
    turn += 1;
    const answer = { id: `resp_${turn}`, output: items, usage: USAGE };
    const events = [
      { type: 'response.created', response: { id: answer.id } },
      ...items.map((item, at) => ({ type: 'response.output_item.done', output_index: at, item })),
      { type: 'response.completed', response: answer },
    ];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
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
