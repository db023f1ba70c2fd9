import picocolors from 'picocolors';
import { expect, it } from 'vitest';
import { grantSentence, grantsText } from '../../../src/cli/show/grants.ts';
import type { WireGrant } from '../../../src/server/wire/grant.ts';

const paint = picocolors.createColors(false);

it('says the bound of a grant as it was said, and what is left of it in its digits', () => {
  const grant = {
    grant_id: 'grn_1',
    status: 'active',
    action_type: 'refund_payment',
    resource: null,
    agent_id: 'cashier',
    run_id: null,
    when: null,
    irreversible: false,
    uses: 3,
    uses_left: 3,
    cap_micro_usd: 125_000,
    spent_micro_usd: 0,
    until: '2026-11-20T18:00:00.000Z',
  } as WireGrant;
  expect(grantSentence(grant, paint)).toContain('3 times, up to $0.125, until');
  expect(grantsText([grant], Date.parse(grant.until), paint)).toContain('$0.125 of $0.125');
});

it('keeps to the width of the terminal, with the whole id, what is covered and until when', () => {
  const grant = {
    grant_id: 'gnt_01m7yh9cvasakqygqb3h48m0v4',
    status: 'active',
    action_type: 'send_email',
    resource: 'mailto:*@example.org',
    agent_id: 'release-notes-writer',
    run_id: null,
    when: { 'payload.amount': { lt: 100 } },
    irreversible: true,
    uses: 20,
    uses_left: 18,
    cap_micro_usd: 2_000_000,
    spent_micro_usd: 10_000,
    until: '2026-11-20T18:00:00.000Z',
  } as unknown as WireGrant;
  const nowMs = Date.parse(grant.until) - 3_600_000;
  const narrow = grantsText([grant, grant], nowMs, paint, 80);
  for (const row of narrow.split('\n')) expect(row.length).toBeLessThanOrEqual(80);
  const words = narrow.replaceAll(/\s+/g, ' ');
  for (const part of [
    `${grant.grant_id} active 18 of 20 $1.99 of $2.00`,
    'send_email on mailto:*@example.org when {"payload.amount":{"lt":100}}, irreversible ones too of release-notes-writer, until 2026-11-2',
  ])
    expect(words.split(part)).toHaveLength(3);
  expect(narrow).not.toContain('in 1 h');
  const wide = grantsText([grant], nowMs, paint, Number.POSITIVE_INFINITY);
  expect(wide).toContain('covers');
  expect(wide.split('\n')).toHaveLength(2);
  expect(wide).toContain('(in 1 h)');
});
