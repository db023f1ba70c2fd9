// A person at the dashboard who sees what was spent and when, finds an agent paused at a cap, and raises that cap.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../scenario/harness.ts';
import { RunAtDashboard } from './run-at-dashboard.ts';

let at: RunAtDashboard;
beforeEach(async () => {
  at = await RunAtDashboard.create((each) => {
    const settings = each
      .read('governed.toml')
      .replace(/\[budget\]\n(?:.*=.*\n)*/, '[budget]\nmonth_usd = 50\n');
    each.write('governed.toml', `${settings}\n[groups.nightly]\nday_usd = 3\n`);
    const agent = each.read('agents/noop/agent.toml').replace(/\[budget\]\n(?:.*=.*\n)*/, '');
    each.write('agents/noop/agent.toml', `${agent}\n[budget]\nday_usd = 1\nrun_usd = 20\n`);
  });
});
afterEach(() => at.close());

async function charge(usd: number, key: string): Promise<number> {
  const body = { usd, tokens: 10, tool: 'search', idempotency_key: key };
  return (await at.post('/budget/noop/charge', body))?.status ?? 0;
}

const agentStatus = async (): Promise<unknown> =>
  (await at.scenario.asOperator('GET', '/budget/noop')).body['status'];

it('draws spend as it is made, says it in words, and shows days when asked', async () => {
  const dashboard = await at.open();
  const { page } = dashboard;
  const chart = page.locator('.agent', { hasText: 'noop' }).locator('.spend-chart').first();
  await chart.waitFor();
  expect(await chart.getAttribute('aria-label')).toBe('Spend in the last 24 hours: none.');
  expect(await charge(0.25, 'a')).toBeLessThan(300);
  const said = await eventually(async () => {
    const label = (await chart.getAttribute('aria-label')) ?? '';
    return label.includes('$0.25') ? label : null;
  }, 'the charge in the chart');
  expect(said).toMatch(
    /^Spend in the last 24 hours: \$0\.25 in all; the most: \$0\.25, \d\d:\d\d–\d\d:\d\d\.$/,
  );
  await page.getByText('30 days', { exact: true }).click();
  await eventually(
    async () =>
      (await chart.getAttribute('aria-label'))?.startsWith('Spend in the last 30 days: $0.25') ? true : null,
    'the days',
  );
  expect(await chart.locator('.slot').count()).toBe(30);
  expect(dashboard.complaints).toEqual([]);
});

it('asks for spend no more often than its pace while events pour in', async () => {
  const dashboard = await at.open();
  const { page } = dashboard;
  await page.locator('.spend-chart').first().waitFor();
  await page.waitForTimeout(1_000);
  const before = dashboard.requests.length;
  const startedMs = performance.now();
  for (let n = 0; n < 200; n += 1) expect(await charge(0.001, `c${n}`)).toBeLessThan(300);
  const of = (path: string): number =>
    dashboard.requests.slice(before).filter((each) => each.includes(path)).length;
  await eventually(async () => (of('/spend') > 0 ? true : null), 'the spend, asked for');
  const seconds = (performance.now() - startedMs) / 1_000;
  expect(of('/spend')).toBeLessThanOrEqual(Math.ceil(seconds / 3) + 1);
  expect(of('/scoreboard')).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
});

it('shows an agent paused at its cap with what to do, and a raise with its exact value lets it go on', async () => {
  expect(await charge(0.9, 'a')).toBeLessThan(300);
  expect(await charge(0.5, 'b')).toBe(402);
  expect(await agentStatus()).toBe('paused');
  const dashboard = await at.open();
  const { page } = dashboard;
  await page
    .getByText(/^over day_usd/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Show its caps: noop' }).first().click();
  await page.getByText('$0.90 of $1.00 · $0.10 left').waitFor();
  await page.getByRole('button', { name: 'Raise the cap per day of noop' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Now $1.00 per day: $0.90 used, $0.10 left.').waitFor();
  const field = dialog.getByRole('textbox');
  expect(await dialog.locator('input:focus').count()).toBe(1);
  await field.fill('0.5');
  await dialog.getByText('a raise has to be above it').waitFor();
  expect(await dialog.getByRole('button', { name: /^Raise it/ }).isDisabled()).toBe(true);
  await dialog.getByText('A call waits at it, asking for up to $0.50. $1.50 is enough.').waitFor();
  await field.fill('1.2');
  await dialog.getByText('Still too little for the call that waits (asks for up to $0.50)').waitFor();
  await dialog.getByRole('button', { name: 'Fill in $1.50' }).click();
  expect(await field.inputValue()).toBe('1.5');
  await dialog.getByText('What waits fits under it then').waitFor();
  expect(await dialog.locator('input:focus').count()).toBe(1);
  await field.fill('2.50');
  await dialog.getByText('$1.00 → $2.50 per day, $1.50 more.').waitFor();
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  expect(await agentStatus()).toBe('ok');
  await page.getByText('$0.90 of $2.50 · $1.60 left').waitFor();
  expect(await charge(0.5, 'c')).toBeLessThan(300);
  const { body } = await at.scenario.asOperator('GET', '/audit?event_type=budget_raised&limit=1');
  expect((body['items'] as { payload: unknown }[])[0]?.payload).toMatchObject({
    cap: 'day_usd',
    limit: 2_500_000,
  });
  expect(dashboard.complaints).toEqual([]);
});

it('says at the row of one run what that run has used, that later runs get the raise too, and where the agent stands', async () => {
  expect(await charge(0.9, 'a')).toBeLessThan(300);
  expect(await charge(0.5, 'b')).toBe(402);
  const { page } = await at.open();
  await page.getByText('when it paused, $1.50 was enough').first().waitFor();
  await page.getByRole('button', { name: 'Show its caps: noop' }).first().click();
  await page.getByRole('button', { name: /^Raise the cap run …\w{6} of noop$/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Now $20.00 each run. This run: $0.90 used, $19.10 left.').waitFor();
  await dialog
    .getByText('The raise is for every run of noop: this one, others that live, and later ones.')
    .waitFor();
  await dialog.getByRole('textbox').fill('30');
  await dialog
    .getByText('What is paused stands at another cap (day_usd): it asks again, and is paused there again.')
    .waitFor();
});

it('raises what is shared where it is shared, and says in words why a raise was refused', async () => {
  const dashboard = await at.open();
  const { page } = dashboard;
  await page.getByRole('button', { name: 'Raise the cap per day of the group nightly' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('4');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('of $4.00').first().waitFor();
  await page.getByText('Caps and spend over time').first().click();
  await page.getByRole('button', { name: 'Raise the cap per month of the whole project' }).click();
  // Somebody else changed the rules meanwhile: the server knows better than the page.
  at.scenario.write(
    'governed.toml',
    at.scenario.read('governed.toml').replace('month_usd = 50', 'month_usd = 500'),
  );
  expect((await at.scenario.run(['accept', '--yes'])).code).toBe(0);
  await dialog.getByRole('textbox').fill('60');
  await page.keyboard.press('Enter');
  await dialog.getByText('month_usd of the project').waitFor();
  await dialog.getByText('not_a_raise').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});
