import { expect, it } from 'vitest';
import { lookAfter } from '../../src/cli/look-after.ts';
import { type Output, outputFor } from '../../src/cli/output.ts';
import { OperationError } from '../../src/core/fault.ts';

function listening(): { readonly output: Output; readonly notes: string[] } {
  const notes: string[] = [];
  return { notes, output: { ...outputFor({}), note: (text) => notes.push(text) } };
}

it('a look that succeeds is given, and nothing is said', async () => {
  const { output, notes } = listening();
  expect([await lookAfter(output, 'it', () => [1]), notes]).toEqual([[1], []]);
});

it('one at a store that can’t be read is a warning', async () => {
  const { output, notes } = listening();
  const look = async () => {
    throw new OperationError({ op: 'open the store', message: 'the store is locked' });
  };
  expect(await lookAfter(output, 'what waits could not be seen', look)).toBeNull();
  expect(notes).toEqual([
    expect.stringContaining('what waits could not be seen: the store is locked; `governed-agents doctor`'),
  ]);
});

it('a bug stays one', async () => {
  const look = () => {
    throw new TypeError('a bug');
  };
  await expect(lookAfter(listening().output, 'it', look)).rejects.toThrow('a bug');
});
