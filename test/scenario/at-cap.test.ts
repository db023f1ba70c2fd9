// A run at its cap, on a real pseudo-terminal and in a pipe: what it says to type is typed as it stands, and the run goes on.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { atTerminal } from '../cli/at-terminal.ts';
import { type Provider, startProvider } from '../fixtures/provider.ts';
import { BINARY, eventually, Scenario } from './harness.ts';

vi.setConfig({ testTimeout: 60_000 });

const AGENT = `
for (let n = 0; n < 3; n += 1) {
  const call = { model: 'dear', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };
  const answer = await fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(call),
  });
  console.log('answered', answer.status);
}
`;

let scenario: Scenario;
let provider: Provider;
beforeEach(async () => {
  provider = await startProvider(() => ({
    kind: 'message',
    usage: { input_tokens: 10, output_tokens: 100 },
  }));
  scenario = await Scenario.create((made) => {
    made.write('agents/noop/agent.mjs', AGENT);
    made.write(
      'agents/noop/agent.toml',
      'adapter = "command"\ncommand = ["node", "agent.mjs"]\n[confine]\nmode = "off"\n[budget]\nrun_usd = 0.25\n',
    );
    const prices = '[prices."dear"]\ninput_usd_per_mtok = 1\noutput_usd_per_mtok = 1000\n';
    made.write(
      'governed.toml',
      `${made.read('governed.toml').replace('https://api.anthropic.com', provider.url)}\n${prices}`,
    );
  });
  await scenario.serve();
});
afterEach(async () => {
  await scenario.close();
  await provider.close();
});

/** The command in what a run says, as a person would copy it. */
function commandIn(text: string): readonly string[] | null {
  const command = /`governed-agents (budget raise [^`]+)`/.exec(text)?.[1];
  return command === undefined ? null : command.split(' ');
}

const ENV = { ANTHROPIC_API_KEY: 'sk-ant-test' };

it('goes on when what it says is typed, and the bottom line has the cap that holds by then', async () => {
  const terminal = atTerminal([process.execPath, BINARY, 'run', 'noop'], scenario.dir, {
    PATH: process.env['PATH'] ?? '',
    HOME: scenario.root,
    GOVERNED_STATE_HOME: scenario.stateHome,
    ...ENV,
  });
  await terminal.press('--tier run --usd 0.4`', '');
  await terminal.press('paused · $0.20 of $0.25', '');
  expect((await scenario.run(['budget', 'raise', 'noop', '--tier', 'run', '--usd', '0.4'])).code).toBe(0);
  await terminal.press('of $0.40', '');
  const { code, text } = await terminal.ended;
  expect([code, text.match(/answered 200/g)]).toEqual([0, ['answered 200', 'answered 200', 'answered 200']]);
  expect(provider.billed().calls).toBe(3);
});

it('says after a raise that it is still too little for the call that waits, and nothing after one that is enough', async () => {
  const run = scenario.start(['run', 'noop'], { env: ENV });
  const isPaused = async () => commandIn((await scenario.run(['runs'])).stdout);
  await eventually(isPaused, 'the run, paused');
  const little = await scenario.run(['budget', 'raise', 'noop', '--tier', 'run', '--usd', '0.26']);
  expect([little.code, little.stdout]).toEqual([
    0,
    expect.stringContaining('noop may spend $0.26 a run now'),
  ]);
  expect(little.stderr).toMatch(
    /still too little for what waits: run_\S+ is paused again: over run_usd: asks for up to \$0\.10\S*, \$0\.05\d* of \$0\.26 left/,
  );
  expect(commandIn(little.stderr)).toEqual(await isPaused());
  const asJson = ['budget', 'raise', 'noop', '--tier', 'run', '--usd', '0.27', '--json'];
  expect(JSON.parse((await scenario.run(asJson)).stdout)).toMatchObject({
    limit: 270_000,
    paused_again: [{ reason: expect.stringContaining('over run_usd') }],
  });
  const enough = await scenario.run(commandIn(little.stderr) ?? []);
  expect([enough.code, enough.stderr]).toEqual([0, '']);
  expect((await run.finished).code).toBe(0);
});

it('is told in a pipe too, and wherever else it is shown as paused', async () => {
  const run = scenario.start(['run', 'noop'], { env: ENV });
  const shown = await eventually(async () => {
    const { stdout } = await scenario.run(['runs']);
    return commandIn(stdout) === null ? null : stdout;
  }, 'the run, paused');
  const command = commandIn(shown) ?? [];
  const brief = await scenario.run(['brief']);
  expect(commandIn(brief.stdout)).toEqual(command);
  const resumed = await scenario.run(['resume', 'noop']);
  expect(commandIn(resumed.stderr)).toEqual(command);
  expect((await scenario.run(command)).code).toBe(0);
  const { code, stderr } = await run.finished;
  expect([code, commandIn(stderr)]).toEqual([0, command]);
});

it('says at an end at a cap where the caps are', async () => {
  scenario.write('agents/noop/agent.toml', `${scenario.read('agents/noop/agent.toml')}on_cap = "end"\n`);
  expect((await scenario.run(['accept', '--yes'])).code).toBe(0);
  const { code, stderr } = await scenario.run(['run', 'noop'], { env: ENV });
  expect([code, stderr]).toEqual([
    6,
    expect.stringContaining('`governed-agents budget noop` shows the caps') as string,
  ]);
});
