import { expect, it } from 'vitest';
import { execExitCode } from '../../../src/cli/exec/exec-end.ts';
import { endWords } from '../../../src/cli/live/end-words.ts';
import { runExitCode } from '../../../src/cli/live/run-command.ts';
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
    text: 'its end could not be recorded here: unless it was ended there before, the record will have it as lost (succeeded: exit code 0)',
  });
});

it.each([
  ['succeeded', true, 0, 0],
  ['succeeded', false, 1, 207],
  ['failed', true, 5, 205],
  ['failed', false, 1, 207],
  ['timed_out', false, 1, 124],
  ['over_budget', false, 6, 206],
  ['killed', false, 7, 207],
  ['lost', true, 1, 207],
] as const)(
  'what is %s, recorded: %s, ends run with %i and exec with %i',
  (status, isRecorded, run, exec) => {
    const rest = { runId: 'run_1', reason: 'so', exitCode: 0, signal: null, openMicroUsd: 0 };
    const result = { ...rest, status, isRecorded, leftBehind: 0, survivors: 0 };
    const wasRefused = status === 'failed';
    expect([runExitCode(result, wasRefused), execExitCode(result, wasRefused)]).toEqual([run, exec]);
  },
);

it('what it cost is a lower bound while the server does not answer, with what is reserved beside it', () => {
  expect(spentWords({ spentMicroUsd: 0, openMicroUsd: 0, used }, '$0.00')).toBe('$0.00');
  expect(spentWords({ spentMicroUsd: 0, openMicroUsd: 0, used: null }, '$0.00')).toBe(
    'at least $0.00, since the server does not answer',
  );
  expect(spentWords({ spentMicroUsd: 0, openMicroUsd: 50_000, used: null }, '$0.00')).toBe(
    'at least $0.00, since the server does not answer; up to $0.05 more is reserved, and booked by the watchdog, or when one is back',
  );
});
