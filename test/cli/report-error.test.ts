import { afterEach, expect, it, vi } from 'vitest';
import { reportError } from '../../src/cli/report-error.ts';
import { InputError } from '../../src/core/fault.ts';

const streams = [process.stdout, process.stderr];
const before = streams.map(({ isTTY, columns }) => ({ isTTY, columns }));
afterEach(() => {
  vi.restoreAllMocks();
  for (const [at, stream] of streams.entries()) Object.assign(stream, before[at]);
  process.exitCode = undefined;
});

/** The lines of an error of 120 characters. */
function reported(width: { readonly stdout?: number; readonly stderr?: number }): number {
  for (const [stream, columns] of [
    [process.stdout, width.stdout],
    [process.stderr, width.stderr],
  ] as const)
    Object.assign(stream, { isTTY: columns !== undefined, columns });
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  reportError(new InputError({ code: 'usage', message: 'a word '.repeat(17).trim() }), []);
  return String(write.mock.calls[0]?.[0]).trimEnd().split('\n').length;
}

it('folds an error to the terminal that it is written on, and to no other', () => {
  expect(reported({ stdout: 80 })).toBe(1);
});

it('folds it there whatever stdout is', () => {
  expect(reported({ stderr: 80 })).toBe(2);
  expect(reported({ stdout: 40, stderr: 80 })).toBe(2);
});
