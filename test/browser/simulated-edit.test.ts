// A person who looks at edited rules on the dashboard sees what they would have decided otherwise before putting them in force.
import { afterEach, expect, it } from 'vitest';
import { Scenario } from '../scenario/harness.ts';
import { type Dashboard, openDashboard, steady } from './page.ts';

let scenario: Scenario;
let dashboard: Dashboard;
afterEach(async () => {
  await dashboard.close();
  await scenario.close();
});

it('shows where an edit is wrong, then what a good one would have changed, with examples, and still accepts it', async () => {
  scenario = await Scenario.create();
  await scenario.serve();
  for (const amount of [40, 90, 400]) {
    const body = {
      action_type: 'refund_payment',
      payload: { amount, note: 'for\u202e you' },
      expected_outcome: 'it is paid back',
    };
    expect((await scenario.asOperator('POST', '/proposals', body)).status).toBe(201);
  }
  dashboard = await openDashboard(scenario);
  const { page } = dashboard;
  const good = scenario.read('policy.toml');
  scenario.write('policy.toml', `${good}[[rule]]\nname = "a"\neffect = "denny"\nwhen = { actoin = "b" }\n`);
  await page.getByText('As edited, they can’t be put in force.').waitFor();
  const mistakes = await page.locator('.problem li').allInnerTexts();
  expect(mistakes).toHaveLength(2);
  expect(mistakes[1]).toMatch(/^policy\.toml:\d+: rule\[0\]\.when\.actoin .* \(did you mean action\?\)$/);
  scenario.write('policy.toml', good);
  await page.getByText('The rules were edited').waitFor({ state: 'detached' });
  const rule =
    '[[rule]]\nname = "small-refunds"\neffect = "allow"\nwhen = { action = "refund_payment", payload.amount = { lte = 100 } }\n';
  scenario.write('policy.toml', `${scenario.read('policy.toml')}${rule}`);
  await page.getByText('The rules were edited').waitFor();
  expect(await page.getByText('Against what was done').count()).toBe(0);
  await page.getByRole('button', { name: 'Show 1 file' }).click();
  await page.getByText('2 would be decided otherwise').waitFor();
  const found = page.locator('.simulated');
  expect(await found.innerText()).toContain(
    '2 × refund_payment: held by defaults → allowed by small-refunds',
  );
  await found.getByText('Examples').click();
  expect(await found.locator('details li').count()).toBe(2);
  expect(await found.locator('pre').first().innerText()).toContain('⟨U+202E⟩');
  await steady(page);
  await page.getByRole('button', { name: 'Accept these rules' }).click();
  await page.getByText('The rules were edited').waitFor({ state: 'detached' });
  expect((await scenario.asOperator('GET', '/admin/changes')).body['files']).toEqual([]);
  expect(dashboard.complaints).toEqual([]);
});
