// A person at the dashboard who finds what stands paused, what each agent is for and what each run may spend; also on a telephone.
import type { Locator } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Scenario } from '../scenario/harness.ts';
import { type Client, client, registerRun } from '../scenario/load.ts';
import { type Dashboard, openDashboard } from './page.ts';

const FOLDER =
  '/home/somebody/projects/acme/services/billing-and-invoices/worker-of-the-night/checkout-of-main';

let scenario: Scenario;
let load: Client;
let dashboard: Dashboard;
beforeEach(async () => {
  scenario = await Scenario.create((each) => {
    const bare = (path: string): string =>
      each.read(path).replace(/\[(defaults\.)?(budget|profile)\]\n(?:.*=.*\n)*/g, '');
    each.write('governed.toml', `${bare('governed.toml')}\n[budget]\nmonth_usd = 50\n`);
    const agent = bare('agents/noop/agent.toml').replace('"node", "agent.mjs"', '"true"');
    each.write('agents/noop/agent.toml', `${agent}\n[budget]\nday_usd = 0.09\n`);
    each.write('agents/each/agent.toml', `${agent}\n[budget]\nrun_usd = 0.5\n`);
    each.write('agents/ls-07204e7d/agent.toml', `${agent}\n[profile]\npurpose = "ls in ${FOLDER}"\n`);
    each.write('agents/ls-ceaca84f/agent.toml', `${agent}\n[profile]\npurpose = "ls in \\u202e<b>here"\n`);
  });
  await scenario.serve();
  load = client(scenario.port);
});
afterEach(async () => {
  load.close();
  await dashboard.close();
  await scenario.close();
});

/** A run of it, which spends one after the other until it is told to stop. */
async function spend(agentId: string, budgetUsd: number | null, ...usd: readonly number[]): Promise<void> {
  const { secret } = await registerRun(scenario, agentId, budgetUsd);
  for (const [n, amount] of usd.entries()) {
    const body = { usd: amount, tokens: 10, tool: 'search', idempotency_key: `${agentId} ${n}` };
    await load.post(`/budget/${agentId}/charge`, body, secret);
  }
}

const withTitle = (selector: string, id: string): Locator =>
  dashboard.page
    .locator(selector)
    .filter({ has: dashboard.page.getByRole('heading', { name: new RegExp(`^${id}\\b`) }) });
const rowOf = (id: string): Locator => withTitle('.agent', id);
const cardOf = (id: string): Locator => withTitle('#runs .card', id);

it('says that no proposal waits and what stands paused, and leads there, in a narrow window too', async () => {
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  await page.getByText('No proposal waits.').waitFor();
  expect(await page.locator('.paused-note').count()).toBe(0);
  await spend('noop', null, 0.08595, 0.5);
  await spend('each', null, 0.4, 0.4);
  await page.setViewportSize({ width: 400, height: 800 });
  await page.getByText('1 agent and 1 run stand paused at a cap, until you raise it.').waitFor();
  await page.getByRole('button', { name: 'Show the agent' }).click();
  expect(await page.locator('h3:focus').textContent()).toBe('noop');
  expect(await isInWindow(rowOf('noop').locator('h3'))).toBe(true);
  await page.getByRole('button', { name: 'Show the run' }).click();
  expect(await page.locator('#runs h3:focus').textContent()).toBe('each');
  expect(await isInWindow(cardOf('each').locator('h3'))).toBe(true);
  // The run that stands with its agent leads to the cap as well, and what is used and left adds up to it.
  await cardOf('noop').getByRole('button', { name: 'Show its caps: noop' }).click();
  await page.getByText('$0.08595 of $0.09 · $0.00405 left').waitFor();
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
  expect(dashboard.complaints).toEqual([]);
});

it('shows what an agent is for as text, and what one run may spend where nothing lasting bounds it', async () => {
  await spend('ls-07204e7d', 1, 0.25);
  dashboard = await openDashboard(scenario);
  const purpose = rowOf('ls-07204e7d').locator('.purpose');
  await purpose.waitFor();
  expect(await purpose.textContent()).toMatch(/^ls in \/home\/some.*….*checkout-of-main$/);
  expect(await purpose.getAttribute('title')).toBe(`ls in ${FOLDER}`);
  expect(await rowOf('ls-ceaca84f').locator('.purpose').textContent()).toBe('ls in ⟨U+202E⟩<b>here');
  expect(await rowOf('each').locator('.purpose').count()).toBe(0);
  const said = async (id: string): Promise<string | null> => rowOf(id).locator('.spend').textContent();
  expect(await said('ls-07204e7d')).toBe('$0.25 spent, no lasting dollar cap; newest run up to $1.00');
  expect(await said('ls-ceaca84f')).toBe('$0.00 spent, no dollar cap of its own');
  expect(await said('each')).toBe('$0.00 spent, no lasting dollar cap; each run up to $0.50');
  await cardOf('ls-07204e7d').getByText('$0.25 of $1.00').waitFor();
  expect(dashboard.complaints).toEqual([]);
});

it('names every button by the words that are seen on it', async () => {
  await spend('noop', null, 0.08595, 0.5);
  const { secret } = await registerRun(scenario, 'each');
  const proposal = { action_type: 'send_email', payload: {}, expected_outcome: 'sent' };
  await load.post('/proposals', proposal, secret);
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  await page.getByRole('heading', { name: 'send_email' }).waitFor();
  await page
    .getByRole('button', { name: /^Show its caps/ })
    .first()
    .click();
  await page
    .getByRole('button', { name: /^Raise/ })
    .first()
    .waitFor();
  const named = await page.locator('button[aria-label]').evaluateAll((buttons) =>
    buttons.map((each) => ({
      name: each.getAttribute('aria-label') ?? '',
      seen: (each.textContent ?? '').replace('…', ''),
    })),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ name, seen }) => !name.includes(seen))).toEqual([]);
});

async function isInWindow(element: Locator): Promise<boolean> {
  const box = await element.boundingBox();
  return box !== null && box.y >= 0 && box.y + box.height <= 800;
}
