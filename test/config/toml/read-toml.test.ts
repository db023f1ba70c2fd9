import { expect, it } from 'vitest';
import { readToml } from '../../../src/config/toml/read-toml.ts';

it.each([
  ['dotted keys', `# a file\nwhen = { payload.${'a.'.repeat(20_000)}b = 1 }`, 2],
  ['a dotted table', `# a file\n\n[${'a.'.repeat(20_000)}b]\nc = 1`, 3],
  ['keys in a dotted table', `[${'a.'.repeat(40)}b]\n${'c.'.repeat(40)}d = 1`, undefined],
  ['tables in tables', `x = ${'{ a = '.repeat(2_000)}1${' }'.repeat(2_000)}`, 1],
  ['lists in lists', `x = ${'['.repeat(2_000)}${']'.repeat(2_000)}`, 1],
])('%s that lie too deep are refused, with the line where it can be told', (_, text, line) => {
  const read = readToml('policy.toml', text);
  expect(read).toMatchObject({ result: 'invalid', problem: { code: 'invalid_toml', path: 'policy.toml' } });
  if (read.result === 'invalid') expect(read.problem.line).toBe(line);
});

it('reads what lies as deep as settings do', () => {
  expect(readToml('policy.toml', `a.b.c = [{ d.e = [[1]] }]\n[${'f.'.repeat(30)}g]\nh = 1`)).toMatchObject({
    result: 'document',
  });
});
