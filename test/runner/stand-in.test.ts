// A provider that answers by another model than was asked for, of which nobody knows the price: it is told to whoever watches, and recorded.
import { afterEach, expect, it } from 'vitest';
import { stateLayout } from '../../src/config/entry.ts';
import { runAgent } from '../../src/runner/entry.ts';
import { standInTeller } from '../../src/runner/stand-in-teller.ts';
import { type Provider, startProvider } from '../fixtures/provider.ts';
import { PROJECT_ID, type ProjectFixture, startProject } from '../server/project-fixture.ts';

const ASKED = 'claude-sonnet-4-5';
/** So many that the dearest price for the answer is within what is reserved. */
const MAX_TOKENS = 10_000;
const CALL = `const call = () => fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', {
  method: 'POST', body: JSON.stringify({ model: '${ASKED}', max_tokens: ${MAX_TOKENS}, messages: [] }) }).then((r) => r.text());
await call(); await call();
`;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function answering(model: string): Promise<Provider> {
  const usage = { input_tokens: 1_000, output_tokens: 5 };
  const message = { type: 'message', model, content: [], stop_reason: 'end_turn', usage };
  return startProvider(() => ({
    kind: 'raw',
    usage,
    send: (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(message));
    },
  }));
}

async function runAgainst(
  model: string,
  unknownModel = 'worst',
): Promise<{ project: ProjectFixture; notices: readonly string[] }> {
  const provider = await answering(model);
  closing.push(() => provider.close());
  const project = await startProject({
    files: {
      'governed.toml': `[project]
id = "${PROJECT_ID}"
timezone = "UTC"
[prices]
unknown_model = "${unknownModel}"
[providers.anthropic]
base_url = "${provider.url}"
`,
      'agents/noop/agent.toml': `adapter = "command"
command = ["node", "agent.mjs"]
[budget]
day_usd = 1000
[confine]
mode = "off"
`,
      'agents/noop/agent.mjs': CALL,
    },
  });
  closing.push(() => project.close());
  const notices: string[] = [];
  const started = await runAgent({
    state: stateLayout(project.stateDir),
    projectDir: project.dir,
    runnerToken: project.token('runner'),
    agentId: 'noop',
    env: process.env,
    observer: { onNotice: (text) => notices.push(text) },
  });
  if (started.result !== 'started') throw new Error(JSON.stringify(started));
  await started.run.ended;
  return { project, notices };
}

async function settled({ asOperator }: ProjectFixture): Promise<unknown[]> {
  const { body } = await asOperator('GET', '/audit?event_type=llm_call_settled&limit=10');
  return (body['items'] as { payload: unknown }[]).map(({ payload }) => payload);
}

it.each([
  ['refuse', `at the price of ${ASKED}. Should it cost more, give it its own`, 3_075],
  ['worst', 'at the dearest price that `governed-agents prices` shows. Give it its own', 61_350],
])('is told once, recorded each time, and booked as the rules say: %s', async (unknownModel, booked, usd) => {
  const { project, notices } = await runAgainst('acme/router-pick-9', unknownModel);
  expect(notices.filter((notice) => notice.includes('router-pick'))).toEqual([
    `acme/router-pick-9 answered where ${ASKED} was asked for, and has no price: its calls are booked ${booked} with [prices."acme/router-pick-9"] in ${project.dir}/governed.toml, then \`governed-agents accept\``,
  ]);
  const facts = { model: ASKED, answered_by: 'acme/router-pick-9', answered_by_unpriced: true };
  const asSaid = { ...facts, posted_micro_usd: usd };
  expect(await settled(project)).toMatchObject([asSaid, asSaid]);
});

it('is nothing to tell where it is the same model', async () => {
  const { project, notices } = await runAgainst(`anthropic/${ASKED}-20250929`);
  expect(notices.filter((notice) => notice.includes('answered'))).toEqual([]);
  expect(JSON.stringify(await settled(project))).not.toContain('unpriced');
});

it('is told in one harmless line, and of no more models than anybody reads', () => {
  const told: string[] = [];
  const tell = standInTeller((message) => told.push(message), '/project');
  for (let n = 0; n < 50; n += 1) tell({ asked: 'm', answered_by: `x${n}\n\u001b` });
  expect(told).toHaveLength(10);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none comes through is what is tried.
  expect(told.join('')).not.toMatch(/[\u0000-\u001f]/);
});
