// A person at the dashboard: sees what waits, approves, rejects with a note, accepts edited rules, stops everything.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually, Scenario } from '../scenario/harness.ts';
import { client, registerRun } from '../scenario/load.ts';
import { type Dashboard, openDashboard, steady } from './page.ts';

let scenario: Scenario;
let dashboard: Dashboard;
beforeEach(async () => {
  scenario = await Scenario.create();
  await scenario.serve();
});
afterEach(async () => {
  await dashboard.close();
  await scenario.close();
});

async function statusOf(id: string): Promise<string> {
  return String((await scenario.asOperator('GET', `/proposals/${id}`)).body['status']);
}

it('shows a proposal as it arrives, and approves it by keyboard with the hash that was on screen', async () => {
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  const run = scenario.start(['run', 'noop']);
  await page.getByRole('heading', { name: 'send_email' }).waitFor();
  await page.getByText('recomputed here, it matches').waitFor();
  await steady(page);
  await page.keyboard.press('a');
  await page.getByText('This can’t be undone.').waitFor();
  await steady(page);
  await page.keyboard.press('Enter');
  expect((await run.finished).code).toBe(0);
  await page.getByText('Approved by an operator, in the dashboard.').first().waitFor();
  expect(dashboard.complaints).toEqual([]);
  const origin = `http://localhost:${scenario.port}/`;
  expect(dashboard.requests.filter((each) => !each.split(' ')[1]?.startsWith(origin))).toEqual([]);
});

it('rejects with a note that the agent is told', async () => {
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  const run = scenario.start(['run', 'noop']);
  await page.getByRole('heading', { name: 'send_email' }).waitFor();
  await steady(page);
  await page.keyboard.press('r');
  await page.keyboard.type('not before Monday');
  await steady(page);
  await page.keyboard.press('Enter');
  const ended = await run.finished;
  expect(ended.stdout).toContain('not before Monday');
});

it('shows the difference of edited rules, and puts them in force when they are accepted', async () => {
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  scenario.write('policy.toml', `${readFileSync(join(scenario.dir, 'policy.toml'), 'utf8')}# edited\n`);
  await page.getByText('The rules were edited').waitFor();
  await page.getByRole('button', { name: /^Show 1 file/ }).click();
  await page.getByText('+# edited').waitFor();
  await steady(page);
  await page.getByRole('button', { name: 'Accept these rules' }).click();
  await page.getByText('The rules were edited').waitFor({ state: 'detached' });
  const { body } = await scenario.asOperator('GET', '/audit?event_type=rules_accepted&limit=1');
  expect((body['items'] as { actor: { kind: string } }[])[0]?.actor.kind).toBe('operator');
});

it('stops everything from the kill switch, and says so', async () => {
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  const run = scenario.start(['run', 'noop']);
  await page.getByRole('heading', { name: 'send_email' }).waitFor();
  await page.getByRole('button', { name: 'Stop everything' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('enough');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /stop everything/i })
    .click();
  expect((await run.finished).code).toBe(7);
  const status = await eventually(async () => {
    const { body } = await scenario.asOperator('GET', '/status');
    return (body['kill_switch'] as { on: boolean }).on ? body : null;
  }, 'the kill switch');
  expect(status['kill_switch']).toMatchObject({ reason: 'enough' });
});

const HOSTILE = [
  '<img src=x onerror=fetch("/admin/kill-switch")>',
  '<script>fetch("/x")</script>',
  '"><svg onload=alert(1)>',
  "javascript:alert('x')",
  '\u202egnp.exe',
  'a\u200bb\u0000c\ufeff',
  '{{constructor.constructor("fetch(1)")()}}',
  '</textarea><iframe src=http://127.0.0.1:1/>',
];

it('draws hostile text as text in every field, whatever is clicked', async () => {
  const ids: string[] = [];
  const { secret } = await registerRun(scenario);
  const load = client(scenario.port);
  for (const text of HOSTILE) {
    const link = text.startsWith('javascript:') ? text : `http://example.com/${encodeURIComponent(text)}`;
    const words = { expected_outcome: text, rationale: text, links: [link] };
    const made = await load.post(
      '/proposals',
      { action_type: 'send_email', payload: { [text]: text }, ...words },
      secret,
    );
    ids.push(String((JSON.parse(made?.text ?? '{}') as { proposal_id: string }).proposal_id));
  }
  load.close();
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  await page.getByText(`⟨U+202E⟩`).first().waitFor({ state: 'attached' });
  expect(await page.locator('#app img, #app iframe, #app svg[onload], [onerror], [onclick]').count()).toBe(0);
  expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
  expect(await page.locator('script:not([src])').count()).toBe(0);
  const before = dashboard.requests.length;
  for (let n = 0; n < HOSTILE.length; n += 1) {
    await page.keyboard.press('j');
    await page.waitForTimeout(50);
  }
  const made = dashboard.requests.slice(before).filter((each) => each.startsWith('POST'));
  expect(made).toEqual([]);
  expect(dashboard.complaints).toEqual([]);
  expect(await Promise.all(ids.map(statusOf))).toEqual(ids.map(() => 'pending'));
});

it('shows what a run is and says, as it says it, with how it is confined', async () => {
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  const run = scenario.start(['run', 'noop']);
  const card = page.locator('#runs .card').first();
  await card.getByText('Details and transcript').click();
  await card.getByText('proposed send_email').waitFor();
  await card.getByText(/^(Confined|Advisory): /).waitFor();
  const { body } = await scenario.asOperator('GET', '/proposals?status=pending');
  const [waiting] = body['items'] as { proposal_id: string; payload_hash: string }[];
  const decision = { decision: 'approve', payload_hash: waiting?.payload_hash };
  await scenario.asOperator('POST', `/proposals/${waiting?.proposal_id}/decision`, decision);
  expect((await run.finished).code).toBe(0);
  await page.locator('#runs details.ended > summary').click();
  await page.locator('#runs .card-quiet').getByText('Details and transcript').click();
  await page.locator('#runs .card-quiet').getByText('approved and done').waitFor();
  expect(dashboard.complaints).toEqual([]);
});

it('shows of a run what it said in words, however much an agent CLI said to its adapter after it', async () => {
  expect((await scenario.run(['run', 'hello'])).code).toBe(0);
  const { body } = await scenario.asOperator('GET', '/runs');
  const [run] = body['items'] as { run_id: string }[];
  const path = join(scenario.stateDir, 'runs', run?.run_id ?? '', 'transcript.jsonl');
  const said = JSON.stringify({ ts: 't', stream: 'protocol', text: `{"type":"${'x'.repeat(1_000)}"}` });
  appendFileSync(path, `${said}\n`.repeat(1_000));
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  await page.locator('#runs details.ended > summary').click();
  await page.locator('#runs .card-quiet').getByText('Details and transcript').click();
  const transcript = page.getByRole('region', { name: /^Transcript of/ });
  await transcript.waitFor();
  const logs = await scenario.run(['logs', run?.run_id ?? '']);
  expect((await transcript.innerText()).trim()).toBe(logs.stdout.trim());
});

it('tells a run that went well from one that did not by the colour of why it ended', async () => {
  expect((await scenario.run(['run', 'hello'])).code).toBe(0);
  const { runId } = await registerRun(scenario);
  expect((await scenario.asOperator('POST', `/runs/${runId}/kill`, { reason: 'enough' })).status).toBe(200);
  dashboard = await openDashboard(scenario);
  const ended = dashboard.page.locator('#runs details.ended');
  await ended.locator('> summary').click();
  const reasonOf = (status: string) =>
    ended
      .locator('.card')
      .filter({ hasText: status })
      .getByText(/^(exit code 0|enough)$/);
  const colours = await Promise.all(
    ['succeeded', 'killed'].map((status) =>
      reasonOf(status).evaluate(
        (element) => element.ownerDocument.defaultView?.getComputedStyle(element).color,
      ),
    ),
  );
  expect(colours).toEqual(['rgb(90, 99, 93)', 'rgb(125, 75, 0)']);
});

it.each([
  [1366, 680],
  [390, 844],
])(
  'opens its help at the beginning in a window of %d × %d, and leaves it by keyboard',
  async (width, height) => {
    dashboard = await openDashboard(scenario);
    const { page } = dashboard;
    await page.setViewportSize({ width, height });
    const help = page.getByRole('dialog', { name: 'Keyboard' });
    await page.getByRole('heading', { name: /^Agents/ }).waitFor();
    for (const key of ['Enter', 'Escape']) {
      // A page that has only just been drawn may not listen to keys yet.
      await eventually(async () => {
        await page.keyboard.press('?');
        return (await help.isVisible()) ? true : null;
      }, 'the help');
      expect(await help.evaluate((element) => element.scrollTop)).toBe(0);
      expect(await help.evaluate((element) => element.scrollHeight > element.clientHeight)).toBe(true);
      await help.locator('button:focus').waitFor();
      await page.keyboard.press('End');
      await eventually(
        async () => ((await help.evaluate((element) => element.scrollTop)) > 0 ? true : null),
        'the end of the help',
      );
      await page.keyboard.press(key);
      await help.waitFor({ state: 'detached' });
    }
  },
);
