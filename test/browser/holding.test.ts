// A person in the middle of a decision: what is typed stays, whatever arrives; what came too late says so; what nobody knows the outcome of is
// settled by a word.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../scenario/harness.ts';
import { steady } from './page.ts';
import { RunAtDashboard } from './run-at-dashboard.ts';

const DIES =
  "import { appendFileSync } from 'node:fs';\nappendFileSync('ran.log', 'x');\nprocess.kill(process.pid, 'SIGKILL');\n";

let at: RunAtDashboard;
beforeEach(async () => {
  at = await RunAtDashboard.create((each) => {
    each.write('actions/dies.mjs', DIES);
    const executor = '\n[executors.post_letter]\nrun = ["node", "actions/dies.mjs"]\n';
    each.write('governed.toml', `${each.read('governed.toml')}${executor}`);
  });
});
afterEach(() => at.close());

function propose(payload: unknown, action = 'send_email'): Promise<string> {
  return at.propose({
    action_type: action,
    payload,
    expected_outcome: `outcome of ${JSON.stringify(payload)}`,
  });
}

async function decide(id: string, over: Readonly<Record<string, unknown>>): Promise<void> {
  const decision = { payload_hash: (await at.proposal(id))['payload_hash'], ...over };
  expect((await at.scenario.asOperator('POST', `/proposals/${id}/decision`, decision)).status).toBe(200);
}

it('keeps the cursor, the typed words and the selection while others arrive, and across a look at another one', async () => {
  await propose({ n: 0 });
  const dashboard = await at.open();
  const { page } = dashboard;
  const note = page.locator('.decision textarea').first();
  await note.click();
  await page.keyboard.type('half a sen');
  for (let n = 1; n <= 5; n += 1) await propose({ n });
  await page.getByRole('heading', { name: 'Waiting for you 6' }).waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.type('t');
  await page.keyboard.press('End');
  await page.keyboard.type('tence');
  expect(await note.inputValue()).toBe('half a setntence');
  expect(await page.locator('.decision textarea:focus').count()).toBe(1);
  await page.getByText('outcome of {"n":0}').last().waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.locator('.outcome-line', { hasText: '{"n":1}' }).waitFor();
  expect(await note.inputValue()).toBe('');
  await page.keyboard.press('k');
  await page.locator('.outcome-line', { hasText: '{"n":0}' }).waitFor();
  expect(await note.inputValue()).toBe('half a setntence');
  await steady(page);
  await page.keyboard.press('e');
  await page.locator('textarea.edit-payload').fill('{"n": 7');
  await propose({ n: 6 });
  await page.getByRole('heading', { name: 'Waiting for you 7' }).waitFor();
  expect(await page.locator('textarea.edit-payload').inputValue()).toBe('{"n": 7');
  expect(dashboard.complaints).toEqual([]);
});

it('says that a decision came too late and what stands, and keeps what was being written', async () => {
  const id = await propose({ n: 1 });
  const dashboard = await at.open();
  const { page } = dashboard;
  await page.getByRole('heading', { name: 'send_email' }).waitFor();
  await steady(page);
  await page.keyboard.press('r');
  await page.locator('.decision textarea:focus').waitFor();
  await page.keyboard.type('not like this');
  // The page hears of nothing, and so still offers the decision.
  await page.route('**/*', (route) =>
    route.request().method() === 'GET' ? route.abort() : route.continue(),
  );
  await decide(id, { decision: 'approve', note: 'from elsewhere' });
  await steady(page);
  const sent = page.waitForRequest((request) => request.method() === 'POST');
  await page.keyboard.press('Enter');
  await sent;
  await page.unroute('**/*');
  await page.getByText('already_decided').waitFor();
  await page.getByText('Approved by an operator, in a terminal.').first().waitFor();
  await page.getByText('What you were writing was not sent').waitFor();
  expect(await page.locator('.unsent textarea').inputValue()).toBe('not like this');
  expect(await at.proposal(id)).toMatchObject({ status: 'approved', note: 'from elsewhere' });
});

it('refuses a decision on another payload than was shown, and asks to read the new one', async () => {
  const id = await propose({ n: 1 });
  const dashboard = await at.open();
  const { page } = dashboard;
  await page.getByRole('heading', { name: 'send_email' }).waitFor();
  await steady(page);
  await page.route('**/decision', async (route) => {
    const body = JSON.parse(route.request().postData() ?? '{}') as Record<string, unknown>;
    await route.continue({ postData: JSON.stringify({ ...body, payload_hash: 'f'.repeat(64) }) });
  });
  await page.keyboard.press('a');
  await page.getByText('payload_changed').waitFor();
  await page.getByText('look at it again, then decide on what is shown now').waitFor();
  expect(await at.proposal(id)).toMatchObject({ status: 'pending' });
});

it('rejects for good: the next one like it is denied by that, and both are told apart', async () => {
  const id = await propose({ to: 'a@example.org', n: 1 });
  const dashboard = await at.open();
  const { page } = dashboard;
  await page.getByRole('heading', { name: 'send_email' }).waitFor();
  await steady(page);
  await page.keyboard.press('r');
  await page.keyboard.type('never');
  await page.getByLabel(/^Final: this run/).check();
  await steady(page);
  await page.locator('.decision textarea').first().press('Enter');
  await eventually(
    async () => ((await at.proposal(id))['status'] === 'rejected' ? true : null),
    'the rejection',
  );
  expect(await at.proposal(id)).toMatchObject({ final: true, note: 'never' });
  const again = await propose({ to: 'a@example.org', n: 2 });
  expect(await at.proposal(again)).toMatchObject({ status: 'denied', decided_by: { kind: 'policy' } });
  await page.locator('.decided').getByText('Rejected for good by an operator, in the dashboard.').waitFor();
  await page
    .locator('.decided')
    .getByText(/^Denied by the rule \S+, without a person\.$/)
    .waitFor();
});

it('shows what nobody knows the outcome of, and settles it by a word, or runs it once more', async () => {
  const first = await propose({ letter: 1 }, 'post_letter');
  const second = await propose({ letter: 2 }, 'post_letter');
  for (const id of [first, second]) await decide(id, { decision: 'approve' });
  const dashboard = await at.open();
  const { page } = dashboard;
  await page.getByRole('heading', { name: 'Did it happen? 2' }).waitFor();
  const card = page.locator('#unknown .card').filter({ hasText: 'outcome of {"letter":1}' });
  await card.getByLabel('It happened').check();
  expect(await card.getByRole('button', { name: 'Record it' }).isDisabled()).toBe(true);
  await card.getByRole('textbox').fill('it is in the letter box');
  await card.getByRole('button', { name: 'Record it' }).click();
  await page.getByRole('heading', { name: 'Did it happen? 1' }).waitFor();
  expect(await at.proposal(first)).toMatchObject({ status: 'executed', outcome_by: { kind: 'operator' } });
  const other = page.locator('#unknown .card');
  await other.getByLabel('Run it again').check();
  await other.getByText('Its effect may then happen twice.').waitFor();
  await other.getByRole('textbox').fill('the post office was closed');
  await other.getByRole('button', { name: 'Record it' }).click();
  await eventually(() => (at.scenario.read('ran.log').length === 3 ? true : null), 'the second try');
  // It dies again: unknown again, and nothing runs by itself.
  await page.getByRole('heading', { name: 'Did it happen? 1' }).waitFor();
  await page.locator('#unknown .card').getByLabel('It did not happen').check();
  await page.locator('#unknown .card').getByRole('textbox').fill('gave up');
  await page.locator('#unknown .card').getByRole('button', { name: 'Record it' }).click();
  await page.locator('#unknown').waitFor({ state: 'detached' });
  expect(await at.proposal(second)).toMatchObject({ status: 'failed', outcome_by: { kind: 'operator' } });
  expect(at.scenario.read('ran.log')).toBe('xxx');
  expect(dashboard.complaints).toEqual([]);
});
