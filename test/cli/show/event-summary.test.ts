import { expect, it } from 'vitest';
import { eventSummary } from '../../../src/cli/show/event-summary.ts';

it('says what a cap in dollars has in dollars, and what another has as a count', () => {
  const at = { scope: 'run', limit: 500_000, posted: 400_088, left: 99_912 };
  expect(eventSummary({ ...at, cap: 'run_usd' })).toBe(
    'cap run_usd · scope run · limit $0.50 · posted $0.40',
  );
  expect(eventSummary({ cap: 'run_usd', limit: 125_000, usd_micro_usd: 125_000 })).toBe(
    'cap run_usd · limit $0.125 · usd $0.125',
  );
  expect(eventSummary({ ...at, cap: 'run_tokens' })).toBe(
    'cap run_tokens · scope run · limit 500,000 · posted 400,088',
  );
});

it('says once what two fields say', () => {
  const ended = { status: 'succeeded', exit_code: 0, reason: 'exit code 0', note: 'left 2 processes' };
  expect(eventSummary(ended)).toBe('exit code 0 · succeeded · note left 2 processes');
});
