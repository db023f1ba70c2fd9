// A person at the dashboard who edits before approving, decides several at once, and gives and takes back a standing approval.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../scenario/harness.ts';
import { steady } from './page.ts';
import { RunAtDashboard } from './run-at-dashboard.ts';

let at: RunAtDashboard;
beforeEach(async () => {
  // What an approved action is expected to cost has to fit under the caps.
  at = await RunAtDashboard.create((each) => {
    const agent = each
      .read('agents/noop/agent.toml')
      .replace(/run_usd = .*\nday_usd = .*/, 'run_usd = 10\nday_usd = 20');
    each.write('agents/noop/agent.toml', agent);
  });
});
afterEach(() => at.close());

function propose(payload: unknown): Promise<string> {
  return at.propose({
    action_type: 'send_email',
    payload,
    expected_outcome: 'a mail is out',
    expected_cost_usd: 0.5,
  });
}

function settled(id: string): Promise<Record<string, unknown>> {
  return eventually(async () => {
    const now = await at.proposal(id);
    return now['status'] === 'pending' ? null : now;
  }, `a decision on ${id}`);
}

it('approves an edit under its own hash after showing the difference, and refuses what is not JSON', async () => {
  const id = await propose({ to: 'a@example.org', body: 'first' });
  const dashboard = await at.open();
  const { page } = dashboard;
  await page.getByRole('heading', { name: 'send_email' }).waitFor();
  await steady(page);
  await page.keyboard.press('e');
  const field = page.locator('textarea.edit-payload');
  await field.fill('{"to": "a@example.org", "body": ');
  await page.getByText('Not JSON').waitFor();
  const approve = page.getByRole('button', { name: 'Approve as edited' });
  expect(await approve.getAttribute('aria-disabled')).toBe('true');
  await approve.click({ force: true });
  await field.fill('{"to": "a@example.org", "body": "second"}');
  await page.locator('.diff-added').getByText('second').waitFor();
  expect(await page.locator('.diff-removed').textContent()).toContain('first');
  await steady(page);
  await approve.click();
  const after = await settled(id);
  expect(after).toMatchObject({
    status: 'approved',
    payload: { body: 'second' },
    original_payload: { body: 'first' },
  });
  expect(after['payload_hash']).not.toBe(after['original_payload_hash']);
  await page.getByText('What the operator changed').waitFor();
  expect(dashboard.complaints).toEqual([]);
});

it('decides several together, each only after its payload was on screen', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) ids.push(await propose({ n }));
  const dashboard = await at.open();
  const { page } = dashboard;
  const [first = '', second = '', third = ''] = ids;
  const box = (id: string) => page.getByLabel(`Choose ${id}`);
  await box(first).waitFor();
  await page.locator(`[aria-label="Choose ${first}"]:enabled`).waitFor();
  expect(await box(third).isDisabled()).toBe(true);
  await page.keyboard.press('j');
  await page.locator(`[aria-label="Choose ${second}"]:enabled`).waitFor();
  await box(first).check();
  await box(second).check();
  await steady(page);
  await page.getByRole('button', { name: 'Reject 2' }).click();
  for (const id of [first, second]) expect(await settled(id)).toMatchObject({ status: 'rejected' });
  expect(await at.proposal(third)).toMatchObject({ status: 'pending' });
  expect(dashboard.complaints).toEqual([]);
});

it('approves one and the next like it, shows what is left, and takes it back', async () => {
  const id = await propose({ n: 1 });
  const dashboard = await at.open();
  const { page } = dashboard;
  await page.getByRole('heading', { name: 'send_email' }).waitFor();
  await steady(page);
  await page.getByRole('button', { name: /^Grant…/ }).click();
  await page.getByLabel('How many more').fill('2');
  await page.getByLabel('Dollars in all').fill('5');
  await steady(page);
  await page.getByRole('button', { name: 'Approve it and grant 2 more' }).click();
  expect(await settled(id)).toMatchObject({ status: 'approved', decided_by: { kind: 'operator' } });
  expect(await at.proposal(await propose({ n: 2 }))).toMatchObject({ decided_by: { kind: 'grant' } });
  await page.getByText('1 of 2 left').waitFor();
  await page.getByText('$4.50 of $5.00 left').waitFor();
  await page.getByRole('button', { name: /^Revoke gnt_/ }).click();
  await page.locator('.grant-over').getByText('revoked').waitFor();
  expect(await at.proposal(await propose({ n: 3 }))).toMatchObject({ status: 'pending' });
  expect(dashboard.complaints).toEqual([]);
});
