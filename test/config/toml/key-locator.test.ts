import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { type KeyPath, locateKeys } from '../../../src/config/toml/key-locator.ts';

const SOURCE = `# a comment with [a.table] = in it
title = "x"   # [no]
"quoted key" = 1
'literal key'.inner = 2
a.b.c = 3
text = """
[not.a.table]
fake = 1 \\"""
"""
raw = '''
fake = 2
''''
list = [
  "one", # comment ]
  [ 1, 2 ],
  { name = "x", deep.er = 3 },
]
point = { x = 1, "y z" = { k = [ 1 ] },
  multi = 2 }
when = 1979-05-27 07:32:00

[server]
port = 8005
[ prices . "claude-x" ]
input = 1
[[rule]]
name = "first"
[rule.when]
action = "a"
[[rule]]
name = "second"
[[rule.cases]]
n = 1
[[rule.cases]]
n = 2
[rule.unless]
"\\u0061ction" = "b"
`;

describe('locateKeys', () => {
  const locate = locateKeys(SOURCE);

  it.each<[KeyPath, number]>([
    [['title'], 2],
    [['quoted key'], 3],
    [['literal key', 'inner'], 4],
    [['a', 'b', 'c'], 5],
    [['text'], 6],
    [['raw'], 10],
    [['list'], 13],
    [['list', 0], 14],
    [['list', 1, 1], 15],
    [['list', 2, 'deep', 'er'], 16],
    [['point', 'y z', 'k', 0], 18],
    [['point', 'multi'], 19],
    [['when'], 20],
    [['server'], 22],
    [['server', 'port'], 23],
    [['prices', 'claude-x', 'input'], 25],
    [['rule'], 26],
    [['rule', 0, 'name'], 27],
    [['rule', 0, 'when', 'action'], 29],
    [['rule', 1], 30],
    [['rule', 1, 'name'], 31],
    [['rule', 1, 'cases', 1, 'n'], 35],
    [['rule', 1, 'unless', 'action'], 37],
  ])('finds %j on line %i', (path, line) => {
    expect(locate(path).line).toBe(line);
  });

  it('points at the nearest table for a key that is missing, and at the first line for the whole file', () => {
    expect(locate(['server', 'missing', 'deeper']).line).toBe(22);
    expect(locate(['nothing'])).toEqual({ line: 1, column: 1 });
    expect(locate(['fake'])).toEqual({ line: 1, column: 1 });
    expect(locate([])).toEqual({ line: 1, column: 1 });
  });

  it('counts columns from one', () => {
    expect(locate(['list', 2, 'deep'])).toEqual({ line: 16, column: 17 });
  });

  it('finds every value of any document on the line where it stands', () => {
    const key = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/),
      fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text !== '__proto__'),
    );
    const value = fc.letrec((tie) => ({
      table: fc.dictionary(key, fc.oneof({ maxDepth: 3 }, fc.constant(0), tie('list'), tie('table')), {
        maxKeys: 4,
      }),
      list: fc.oneof(
        fc.array(fc.constant(0), { maxLength: 3 }),
        fc.array(tie('table'), { maxLength: 3 }),
        fc.array(fc.array(fc.constant(0), { maxLength: 2 }), { maxLength: 2 }),
      ),
    }));
    fc.assert(
      fc.property(value.table, (table) => {
        const leaves: KeyPath[] = [];
        const source = stringify(numbered(table, [], leaves));
        const found = locateKeys(source);
        const lines = source.split('\n');
        leaves.forEach((path, index) => {
          expect(lines[found(path).line - 1]).toContain(String(100_000 + index));
        });
      }),
      { numRuns: 500 },
    );
  });

  it('comes to an end on any text, valid or not', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '[', ']', '{', '}', '"', "'", '=', '.', ',', '\n', '#', '\\', ' '),
    });
    fc.assert(
      fc.property(text, (source) => {
        expect(locateKeys(source)(['a']).line).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The same value with a number of its own in place of each zero; where each of them is, in order. */
function numbered(value: unknown, path: KeyPath, leaves: KeyPath[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => numbered(item, [...path, index], leaves));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, numbered(inner, [...path, key], leaves)]),
    );
  }
  leaves.push(path);
  return 100_000 + leaves.length - 1;
}
