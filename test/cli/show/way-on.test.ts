import { expect, it } from 'vitest';
import { wayOn } from '../../../src/cli/show/way-on.ts';

const run = { id: 'run_1', agent_id: 'noop', reason: 'lunch', source: 'operator' };

it.each([
  [{}, 'governed-agents resume run_1'],
  [{ source: 'agent' }, 'governed-agents resume noop'],
  [{ source: 'overspend', reason: 'a call cost $2, more than the $1 reserved for it' }, 'resume run_1'],
  [{ reason: null }, 'resume run_1'],
])('what stands for %j is let go on by a word', (over, typed) => {
  expect(wayOn({ ...run, ...over })).toContain(typed);
});

it('what says itself how it goes on, and what goes on by itself, is not', () => {
  const reason = 'over run_usd: …; raise it with governed-agents budget raise noop --tier run --usd 2';
  expect(wayOn({ ...run, source: 'cap', reason })).toBe('');
  expect(wayOn({ ...run, source: 'supervisor', reason: 'the watchdog is gone' })).toBe('');
});
