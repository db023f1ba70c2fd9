import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPlace, type Place, type Said } from '../cli/binary.ts';
import { type Provider, startProvider } from '../fixtures/provider.ts';
import { findCli } from './find-cli.ts';

const USAGE = {
  input_tokens: 500,
  input_tokens_details: { cached_tokens: 100 },
  output_tokens: 30,
  total_tokens: 530,
};

let place: Place;
let provider: Provider;

beforeAll(async () => {
  place = newPlace();
  mkdirSync(join(place.root, 'work'));
  provider = await startProvider(() => ({
    kind: 'raw',
    usage: { input_tokens: 500, output_tokens: 30 },
    send: (response) => {
      const content = [{ type: 'output_text', text: 'all is well', annotations: [] }];
      const item = { type: 'message', role: 'assistant', id: 'msg_1', content };
      const events = [
        { type: 'response.created', response: { id: 'resp_1' } },
        { type: 'response.output_item.done', output_index: 0, item },
        { type: 'response.completed', response: { id: 'resp_1', output: [item], usage: USAGE } },
      ];
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(
        events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
      );
    },
  }));
});

afterAll(async () => {
  await place.run(['down', '-C', join(place.stateHome, 'exec')]);
  await provider.close();
  place.remove();
});

function exec(budgetUsd: string): Promise<Said> {
  const env = {
    PATH: `${dirname(findCli('codex'))}:${process.env['PATH'] ?? ''}`,
    OPENAI_BASE_URL: provider.url,
    OPENAI_API_KEY: 'sk-the-real-key',
  };
  const command = ['codex', 'exec', '--skip-git-repo-check', '-m', 'gpt-5.1', 'say hi'];
  return place.run(['exec', '--budget-usd', budgetUsd, '--', ...command], {
    env,
    cwd: join(place.root, 'work'),
  });
}

describe('the real Codex', () => {
  it('is metered to the token, with the key outside of it', async () => {
    const said = await exec('5');
    expect(said).toMatchObject({ code: 0, out: 'all is well\n' });
    expect(said.err).toContain('530 tokens · 1 model call');
    expect(provider.calls[0]).toMatchObject({
      path: '/v1/responses',
      headers: { authorization: 'Bearer sk-the-real-key' },
    });
  });

  it('stops after one request that would pass its budget, and nothing is sent', async () => {
    const before = provider.calls.length;
    const said = await exec('0.20');
    expect(said.code).toBe(206);
    expect(said.err).toContain('over run_usd');
    expect(provider.calls).toHaveLength(before);
  });
});
