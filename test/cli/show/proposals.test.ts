import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { foldedRows } from '../../../src/cli/show/folded-rows.ts';
import { proposalsText, proposalText } from '../../../src/cli/show/proposals.ts';
import { aProposal } from '../../dashboard/wire-samples.ts';

const paint = picocolors.createColors(false);

const PROPOSAL = aProposal({
  agent_id: 'mailer',
  action_type: 'send_email',
  payload: { to: 'a@example.org' },
  payload_hash: '5'.repeat(64),
  expected_outcome: 'it is there',
  reversible: false,
  created_at: '2026-01-01T00:00:00Z',
  expires_at: '2026-01-01T12:00:00Z',
  reasons: ['send_email is in never_auto_approve'],
  severity: 'high',
  tier: 'confined',
  review_url: 'http://localhost:8005/#proposal=prp_1',
});

describe('a text that is not ours', () => {
  it('is folded to the width of the terminal, whole, the first row behind what stands there', () => {
    const text = 'The quick brown fox jumps over the lazy dog, again and again and again.';
    const rows = foldedRows(text, { columns: 24, used: 10, at: 'anywhere' }, paint);
    expect(rows.join('')).toBe(text);
    expect(rows.map((row) => row.length)).toEqual([14, 24, 24, 9]);
    expect(foldedRows(text, { columns: Number.POSITIVE_INFINITY, at: 'anywhere' }, paint)).toEqual([text]);
  });

  it('is folded by what its characters take on the screen, and never within the name of a hidden one', () => {
    expect(
      foldedRows('あ'.repeat(25), { columns: 21, at: 'anywhere' }, paint).map((row) => row.length),
    ).toEqual([10, 10, 5]);
    const rows = foldedRows(
      `${'x'.repeat(18)}\u200b${'y'.repeat(3)}`,
      { columns: 20, at: 'anywhere' },
      paint,
    );
    expect(rows).toEqual(['x'.repeat(18), '⟨U+200B⟩yyy']);
  });

  it.each([60, 80, 120])('can’t pass for a field of ours by its length, in %i columns', (columns) => {
    // Wherever a terminal would fold it, what follows looks like our own field.
    const forged = `${'x'.repeat(columns)}  hash      ${'0'.repeat(64)}`.repeat(3);
    const outcome = { outcome: 'failed', by: 'executor', detail: forged, at: '' } as const;
    const text = proposalText(
      {
        ...PROPOSAL,
        payload: { body: forged },
        original_payload: { body: `${forged}!` },
        original_payload_hash: '6'.repeat(64),
        expected_outcome: forged,
        rationale: forged,
        note: forged,
        links: [forged],
        client_data: { wave: forged },
        outcome: { ...outcome, cost_micro_usd: null, cost_usd: null },
      },
      0,
      paint,
      columns,
    );
    const rows = text.split('\n');
    const ours = /^ {2}(proposal|agent|undo|then|hash|edited) /;
    const isOurs = (row: string): boolean => ours.test(row) || row.trim() === '6'.repeat(64);
    for (const row of rows.filter((each) => !isOurs(each))) expect(row.length).toBeLessThanOrEqual(columns);
    for (const row of rows.filter((each) => each.includes('00000')))
      expect(row).toMatch(/^ {2}([│┆ +-]|expects|because|link|claims|outcome|note)/);
    expect(rows.filter((row) => /^ {2}hash/.test(row))).toEqual([`  hash      ${'5'.repeat(64)}`]);
  });
});

it.each([80, 120])('breaks no word of ours at %i columns', (columns) => {
  const reasons = [
    'tool:Bash waits for a person, since nothing was said about tools when it was started, and it may write',
  ];
  const text = proposalText({ ...PROPOSAL, action_type: 'tool:Bash', reasons }, 0, paint, columns);
  const rows = text.split('\n');
  for (const row of rows) expect(row.length).toBeLessThanOrEqual(columns);
  const wordsFrom = (name: string): string => {
    const from = rows.findIndex((row) => row.startsWith(`  ${name}`));
    const to = rows.findIndex((row, index) => index > from && /^ {2}\S/.test(row));
    return rows
      .slice(from, to)
      .map((row) => row.slice(12).replace(/^┆ /, '').trim())
      .join(' ');
  };
  expect(wordsFrom('rule')).toContain(reasons[0]);
  expect(wordsFrom('then')).toBe('the agent’s own tool runs it, and what came of it is the agent’s own word');
});

it('says of what there is none', () => {
  const none = (filter: Parameters<typeof proposalsText>[1]) => proposalsText([], filter, 0, paint);
  expect(none({})).toBe('No proposal yet. `governed-agents run <agent>` may make one.');
  expect(none({ agentId: 'noop' })).toContain(
    'No proposal of noop yet. `governed-agents run noop` may make one',
  );
  expect(none({ status: 'pending' })).toBe('No proposal is pending.');
  expect(none({ status: 'failed', agentId: 'noop' })).toBe('No proposal of noop is failed.');
});
