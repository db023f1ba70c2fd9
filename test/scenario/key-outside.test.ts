// The provider's key is with the runner alone: an agent that writes down all that it has and all that it is answered, by a provider that
// repeats whatever it was sent, leaves nothing of it anywhere.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Scenario } from './harness.ts';

vi.setConfig({ testTimeout: 60_000 });

const KEY = 'sk-ant-api03-Zx81-the-one-that-nobody-may-have-0123456789';
const FORMS = [KEY, Buffer.from(KEY).toString('base64').replace(/=+$/, ''), Buffer.from(KEY).toString('hex')];

const AGENT = `
import { appendFileSync, readFileSync } from 'node:fs';
const keep = (what) => { appendFileSync('kept.txt', what + '\\n'); console.log(what); console.error(what); };
keep(JSON.stringify(process.env));
try { keep(readFileSync('/proc/self/environ', 'latin1')); } catch (error) { keep(String(error)); }
const ask = async (url, body) => {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  keep(answer.status + JSON.stringify([...answer.headers]) + await answer.text());
};
const { ANTHROPIC_BASE_URL: anthropic, OPENAI_BASE_URL: openai, GOVERNED_GATEWAY: gateway } = process.env;
for (const model of ['claude-haiku-4-5', 'fails', 'streams']) {
  const call = { model, max_tokens: 50, messages: [{ role: 'user', content: 'hi' }], stream: model === 'streams' };
  await ask(anthropic + '/v1/messages', call);
  await ask(anthropic + '/v1/messages/count_tokens', call);
  await ask(openai + '/v1/chat/completions', call);
  await ask(openai + '/v1/responses', { model, max_output_tokens: 50, input: 'hi' });
}
await ask(gateway + '/proposals', { action_type: 'draft_content', payload: process.env, expected_outcome: 'x' });
`;

let scenario: Scenario;
let provider: Server;
let sent: string[];
beforeEach(async () => {
  sent = [];
  provider = createServer((request, response) => void repeat(request, response));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  provider.closeAllConnections();
  provider.close();
  await scenario.close();
});

/** Answers with all that it was sent, in a header, in the body and in a stream. */
async function repeat(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = JSON.parse(await text(request)) as { model: string };
  const echo = JSON.stringify(request.rawHeaders);
  sent.push(echo);
  const headers = { 'x-sent': echo, 'content-type': 'application/json' };
  const error = { type: 'error', error: { type: 'api_error', message: `you sent ${echo}` } };
  if (body.model === 'streams') {
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
    for (const piece of `event: error\ndata: ${JSON.stringify(error)}\n\n`.match(/.{1,5}/gs) ?? []) {
      response.write(piece);
    }
    response.end();
    return;
  }
  response.writeHead(body.model === 'fails' ? 401 : 200, headers);
  response.end(JSON.stringify(body.model === 'fails' ? error : { type: 'message', text: echo }));
}

function filesIn(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

it.each(['auto', 'off'])('is nowhere but with the runner, with confinement %s', async (mode) => {
  const { port } = provider.address() as AddressInfo;
  scenario = await Scenario.create((made) => {
    const url = `base_url = "http://127.0.0.1:${port}"`;
    made.write(
      'governed.toml',
      made
        .read('governed.toml')
        .replace(/base_url = "https[^\n]*\nkey = [^\n]*/, `${url}\nkey = { env = "REAL_KEY" }`)
        .replace('[prices]', `[providers.openai]\n${url}\nkey = { env = "REAL_KEY" }\n\n[prices]`)
        .replace('unknown_model = "refuse"', 'unknown_model = "worst"'),
    );
    made.write(
      'agents/thief/agent.toml',
      `adapter = "command"\ncommand = ["node", "agent.mjs"]\n[budget]\nrun_usd = 5000\nday_usd = 5000\n[confine]\nmode = "${mode}"\n[env]\npass = ["REAL_KEY", "LANG"]\n`,
    );
    made.write('agents/thief/agent.mjs', AGENT);
    const budget = made.read('governed.toml').replace('day_usd = 10', 'day_usd = 9000');
    made.write('governed.toml', budget.replace('month_usd = 100', 'month_usd = 9000'));
  });
  const server = await scenario.serve();
  const run = await scenario.run(['run', 'thief', '-p', 'go'], { env: { REAL_KEY: KEY } });
  expect([run.code, run.stderr]).toEqual([0, expect.any(String) as string]);
  // The provider got it each time, and said it again each time.
  expect(sent.filter((echo) => echo.includes(KEY))).toHaveLength(12);
  const kept = filesIn(join(scenario.dir, 'agents/thief/workspace'));
  expect(kept.map((file) => readFileSync(file, 'utf8')).join('')).toContain('you sent');
  const where = [
    ...filesIn(scenario.root).map((file) => [file, readFileSync(file)] as const),
    ['what the run printed', Buffer.from(run.stdout + run.stderr)] as const,
    ['what the server printed', Buffer.from(server.output())] as const,
  ];
  expect(where.map(([name]) => name).join('\n')).toMatch(
    /governed\.db[\s\S]*audit\.jsonl|audit\.jsonl[\s\S]*governed\.db/,
  );
  const found = where.filter(([, bytes]) => FORMS.some((form) => bytes.includes(form)));
  expect(found.map(([name]) => name)).toEqual([]);
});
