import { expect, it } from 'vitest';
import { endWords } from '../../../src/cli/live/end-words.ts';
import { spentWords } from '../../../src/cli/live/run-figures.ts';
import { paintFor } from '../../../src/cli/terminal.ts';

const paint = paintFor({ isTTY: false } as NodeJS.WriteStream);
const used = { tokens: 1, modelCalls: 1, toolCalls: 0 };

it('what the server has recorded is said as it ended', () => {
  const ended = { status: 'succeeded', reason: 'exit code 0', isRecorded: true } as const;
  expect(endWords(ended, paint)).toEqual({ mark: '✓', text: 'succeeded: exit code 0' });
  expect(endWords({ ...ended, status: 'killed', reason: 'a\u001b[2J' }, paint).mark).toBe('✗');
});

it('what it never heard of is no success', () => {
  const ended = { status: 'succeeded', reason: 'exit code 0', isRecorded: false } as const;
  expect(endWords(ended, paint)).toEqual({
    mark: '✗',
    text: 'not recorded, so the record will have it as lost (succeeded: exit code 0)',
  });
});

it('what it cost is a lower bound while the server does not answer, with what is reserved beside it', () => {
  expect(spentWords({ spentMicroUsd: 0, openMicroUsd: 0, used }, '$0.00')).toBe('$0.00');
  expect(spentWords({ spentMicroUsd: 0, openMicroUsd: 0, used: null }, '$0.00')).toBe(
    'at least $0.00, since the server does not answer',
  );
  expect(spentWords({ spentMicroUsd: 0, openMicroUsd: 50_000, used: null }, '$0.00')).toBe(
    'at least $0.00, since the server does not answer; up to $0.05 more is reserved, and booked when the server is back',
  );
});
