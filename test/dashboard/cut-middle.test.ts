import { expect, it } from 'vitest';
import { cutMiddle } from '../../src/server/dashboard/client/cut-middle.ts';

it('keeps both ends of a long text, within the length, and never half of a character', () => {
  expect(cutMiddle('short', 5)).toBe('short');
  expect(cutMiddle('ls in /home/me/projects/one', 15)).toBe('ls in /…cts/one');
  expect(cutMiddle('😀'.repeat(9), 5)).toBe('😀😀…😀😀');
});
