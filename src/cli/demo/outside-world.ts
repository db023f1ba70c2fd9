// The outside world of the demo, on loopback: a mail server and a model provider that keep their own count of what reached them.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OutsideWorld {
  readonly url: string;
  /** Bodies of the mails that were sent, as bytes. */
  readonly mails: readonly Buffer[];
  /** The provider's own bill, in micro-dollars, and how many calls it answered. */
  readonly bill: { readonly calls: number; readonly microUsd: number };
  close(): Promise<void>;
}

/** The provider's list price, the same as in the demo's governed.toml: nano-dollars a token. */
const PRICE = { inputNano: 3_000, outputNano: 15_000 };
const INPUT_TOKENS = 40;
const OUTPUT_TOKENS = 310;

export async function openOutsideWorld(): Promise<OutsideWorld> {
  const mails: Buffer[] = [];
  const bill = { calls: 0, microUsd: 0 };
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      if (request.url === '/send') {
        mails.push(body);
        response.end();
        return;
      }
      if (request.url?.startsWith('/v1/messages/count_tokens') === true) {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ input_tokens: INPUT_TOKENS }));
        return;
      }
      bill.calls += 1;
      bill.microUsd += Math.ceil((INPUT_TOKENS * PRICE.inputNano + OUTPUT_TOKENS * PRICE.outputNano) / 1_000);
      streamAnswer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, mails, bill, close: () => close(server) };
}

/** An answer in the events of Anthropic's Messages API. */
function streamAnswer(response: ServerResponse): void {
  const send = (type: string, fields: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const message = { id: 'msg_demo', type: 'message', role: 'assistant', model: 'demo-model', content: [] };
  send('message_start', { message: { ...message, usage: { input_tokens: INPUT_TOKENS, output_tokens: 1 } } });
  send('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  send('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Still thinking.' } });
  send('content_block_stop', { index: 0 });
  send('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: OUTPUT_TOKENS } });
  send('message_stop', {});
  response.end();
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
