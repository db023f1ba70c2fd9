// What a run ends with says what it cost, by the record.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Provider, startProvider } from '../fixtures/provider.ts';
import { Scenario } from './harness.ts';

const AGENT = `const answer = await fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'mine', max_tokens: 2_000, messages: [{ role: 'user', content: 'hi' }] }),
});
await answer.text();
process.exitCode = answer.ok ? 0 : 1;
`;

let provider: Provider;
let scenario: Scenario;
beforeEach(async () => {
  provider = await startProvider(() => ({
    kind: 'message',
    usage: { input_tokens: 1_000, output_tokens: 200 },
  }));
  scenario = await Scenario.create((each) => {
    const settings = each
      .read('governed.toml')
      .replace(/base_url = "https[^\n]*\nkey = [^\n]*/, `base_url = "${provider.url}"`)
      .concat('\n[prices.mine]\ninput_usd_per_mtok = 10\noutput_usd_per_mtok = 100\n');
    each.write('governed.toml', settings);
    each.write('agents/noop/agent.toml', each.read('agents/noop/agent.toml').replace('0.1', '1'));
    each.write('agents/noop/agent.mjs', AGENT);
  });
});
afterEach(async () => {
  await scenario.close();
  await provider.close();
});

it('the last line of a run, and its JSON, have what the record has', async () => {
  await scenario.serve();
  const said = await scenario.run(['run', 'noop']);
  expect(said.stderr).toMatch(
    /✓ run_\w+ succeeded: exit code 0 · \$0\.03 · 1,200 tokens · 1 model call · 0 tool calls\n/,
  );
  const { stdout } = await scenario.run(['run', 'noop', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'succeeded', spent_micro_usd: 30_000 });
});
