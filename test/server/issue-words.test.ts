import { expect, it } from 'vitest';
import * as z from 'zod';
import { faultsOf } from '../../src/server/issue-words.ts';
import { count, dollars, time, words } from '../../src/server/wire-fields.ts';

const schema = z.strictObject({
  name: words(5),
  usd: dollars.optional(),
  n: count.optional(),
  at: time.optional(),
  yes: z.boolean().optional(),
  how: z.enum(['soft', 'hard']).optional(),
  list: z.array(words(5)).max(2).optional(),
  inner: z.strictObject({ deep: z.number() }).optional(),
});

function said(value: unknown): readonly string[] {
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, schema, value));
  return faults.map(({ field, message }) => `${field}: ${message}`);
}

it.each([
  [{}, 'name: is missing'],
  [{ name: 5 }, 'name: must be text, not 5'],
  [{ name: null }, 'name: must be text, not null'],
  [{ name: ['a'] }, 'name: must be text, not a list'],
  [{ name: '' }, 'name: must not be empty'],
  [{ name: 'too long' }, 'name: must be at most 5 characters long, not 8'],
  [{ name: 'a', usd: '1' }, 'usd: must be a number, not text'],
  [{ name: 'a', usd: -1 }, 'usd: must be at least 0, not -1'],
  [{ name: 'a', usd: 1e12 }, 'usd: must be at most 1000000000, not 1000000000000'],
  [{ name: 'a', n: 1.5 }, 'n: must be a whole number, not 1.5'],
  [{ name: 'a', at: 'soon' }, 'at: not an RFC 3339 time such as 2026-01-31T12:00:00Z'],
  [{ name: 'a', yes: 'true' }, 'yes: must be true or false, not text'],
  [{ name: 'a', how: 'fast' }, 'how: must be "soft" or "hard", not "fast"'],
  [{ name: 'a', how: 'x'.repeat(1_000) }, 'how: must be "soft" or "hard", not text'],
  [{ name: 'a', list: ['a', 'b', 'c'] }, 'list: must have at most 2 items'],
  [{ name: 'a', list: ['a', 7] }, 'list.1: must be text, not 7'],
  [{ name: 'a', inner: {} }, 'inner.deep: is missing'],
  [{ name: 'a', more: 1 }, 'more: is not a known field; known are name, usd, n, at, yes, how, list, inner'],
  [{ name: 'a', inner: { deep: 1, down: 2 } }, 'inner.down: is not a known field'],
  [[1], ': must be an object, not a list'],
  ['text', ': must be an object, not text'],
])('says of %j: %s', (value, expected) => {
  expect(said(value)).toEqual([expected]);
});

it('never repeats what was sent in whole', () => {
  const secret = 'a secret that nobody should read again in an answer';
  expect(said({ name: 'a', how: secret, usd: secret }).join()).not.toContain('secret');
});
