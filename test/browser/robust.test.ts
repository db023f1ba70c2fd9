// The page under what a bad day brings: thousands that wait, a hundred runs, a megabyte of payload, a server that goes and comes back, a
// session that is over.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { count, Scenario } from '../scenario/harness.ts';
import { type Client, client, registerRun } from '../scenario/load.ts';
import { type Dashboard, openDashboard, steady } from './page.ts';

let scenario: Scenario;
let dashboard: Dashboard;
let load: Client;
beforeEach(async () => {
  scenario = await Scenario.create((each) => {
    const settings = each.read('governed.toml').replace(/^concurrent = \d+/m, 'concurrent = 500');
    each.write('governed.toml', settings);
    each.write('agents/noop/agent.toml', `concurrent = 500\n${each.read('agents/noop/agent.toml')}`);
  });
  load = client(scenario.port);
});
afterEach(async () => {
  load.close();
  await dashboard.close();
  await scenario.close();
});

async function propose(secret: string, payload: unknown, outcome = 'x'): Promise<string> {
  const body = { action_type: 'send_email', payload, expected_outcome: outcome };
  const made = await load.post('/proposals', body, secret);
  if (made?.status !== 201) throw new Error(`refused: ${made?.text}`);
  return (JSON.parse(made.text) as { proposal_id: string }).proposal_id;
}

it('stays usable with thousands of proposals of a hundred runs, and says how many it does not list', async () => {
  await scenario.serve();
  const runs = [];
  for (let n = 0; n < count(100, 200); n += 1) runs.push(await registerRun(scenario));
  const perRun = count(10, 50);
  for (let n = 0; n < perRun; n += 1)
    await Promise.all(
      runs.map(({ secret }, run) => propose(secret, { n, run }, `letter ${n} of run ${run}`)),
    );
  const beyond = runs.length * perRun - 400;
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  await page.getByText(`and ${beyond.toLocaleString('en-US')} more, newer than these`).waitFor();
  await page
    .getByRole('heading', { name: `Waiting for you ${(beyond + 400).toLocaleString('en-US')}` })
    .waitFor();
  await page.getByRole('heading', { name: `Live runs ${runs.length}` }).waitFor();
  for (let n = 0; n < 20; n += 1) await page.keyboard.press('j');
  await page.locator('.queue-item').nth(20).and(page.locator('[aria-current="true"]')).waitFor();
  expect(await page.locator('.queue-item').count()).toBe(400);
  await steady(page);
  await page.keyboard.press('a');
  await page.getByText('Approved by an operator, in the dashboard.').first().waitFor();
  expect(dashboard.complaints).toEqual([]);
});

it('shows each of many payloads of almost a megabyte to its end, and reads only those that are looked at', async () => {
  await scenario.serve();
  const { secret } = await registerRun(scenario);
  for (let n = 0; n < 12; n += 1) {
    await propose(secret, { n, text: `${'long '.repeat(190_000)}\u202eend` }, `<b>large ${n}</b>`);
  }
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  const wholes = (): number => dashboard.requests.filter((each) => /\/proposals\/prp_/.test(each)).length;
  await page.getByText('1 hidden character marked').waitFor();
  await page.getByText('recomputed here, it matches').waitFor();
  expect(wholes()).toBe(1);
  await page.keyboard.press('j');
  await page.locator('.outcome-line', { hasText: 'large 1' }).waitFor();
  await page.getByText('recomputed here, it matches').waitFor();
  await page.waitForTimeout(1_500);
  expect(wholes()).toBe(2);
  await page.keyboard.press('a');
  await page.getByText('You have not scrolled to the end of the payload.').waitFor();
  expect((await page.locator('.payload pre').textContent())?.endsWith('}')).toBe(true);
  expect(dashboard.complaints).toEqual([]);
});

it('says that it is not connected while the server is away, and has everything once when it is back', async () => {
  const server = await scenario.serve();
  const { secret } = await registerRun(scenario);
  await propose(secret, { n: 1 }, 'before');
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  await page.getByRole('heading', { name: 'Waiting for you 1' }).waitFor();
  const note = page.locator('.decision textarea').first();
  await note.fill('typed before the server went');
  server.child.kill('SIGKILL');
  await page.getByText('Not connected.').waitFor();
  const vitals = page.getByRole('list', { name: 'Health' });
  await vitals.getByText('not known').nth(1).waitFor();
  expect(await vitals.locator('.health-good').count()).toBe(0);
  await page
    .getByText(`start it with governed-agents serve or governed-agents up in ${scenario.dir}`)
    .waitFor();
  await scenario.serve();
  await page.getByText('Not connected.').waitFor({ state: 'detached' });
  await vitals.getByText('alive').waitFor();
  await propose(secret, { n: 2 }, 'after');
  await page.getByRole('heading', { name: 'Waiting for you 2' }).waitFor();
  expect(await page.locator('.queue-item').count()).toBe(2);
  expect(await note.inputValue()).toBe('typed before the server went');
  const seqs = await page.locator('.event').evaluateAll((rows) => rows.map((row) => row.textContent));
  expect(new Set(seqs).size).toBe(seqs.length);
});

it('asks for a new link when its session is over, and takes one up in the same tab', async () => {
  await scenario.serve();
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  await page.getByRole('heading', { name: /^Agents/ }).waitFor();
  await page.context().clearCookies();
  await page
    .getByText(/governed-agents open/)
    .first()
    .waitFor();
  const { stdout } = await scenario.run(['open', '--json']);
  const { link } = JSON.parse(stdout) as { link: string };
  await page.goto(link);
  await page.getByRole('heading', { name: /^Agents/ }).waitFor();
  await page.context().clearCookies();
  await page.evaluate('localStorage.clear()');
  await page.goto('about:blank');
  await page.goto(link);
  const why = page.getByRole('alert');
  await why.waitFor();
  expect((await why.innerText()).split(/\n+/)).toEqual([
    'This link was used already, or its ten minutes are over. Get a fresh one with governed-agents open.',
    'Code code_invalid',
  ]);
});
