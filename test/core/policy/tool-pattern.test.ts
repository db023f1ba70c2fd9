import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchGlob, matchPathGlob } from '../../../src/core/policy/glob.ts';
import { decideTool, parseToolPattern } from '../../../src/core/policy/tool-pattern.ts';
import type { ToolRules } from '../../../src/core/rules/rules.ts';

const PLACE = { agentDir: '/project/agents/dev', cwd: 'workspace' };

function effect(rules: Partial<ToolRules>, tool: string, input: unknown): string {
  return decideTool({ allow: [], requireApproval: [], deny: [], ...rules }, { tool, input }, PLACE).effect;
}

/** The obvious definition, exponential and easy to check by eye. */
function slowGlob(glob: string, text: string, mayTake: (at: number) => boolean, from = 0): boolean {
  if (glob === '') return from === text.length;
  if (glob.startsWith('*')) {
    if (slowGlob(glob.slice(1), text, mayTake, from)) return true;
    return from < text.length && mayTake(from) && slowGlob(glob, text, mayTake, from + 1);
  }
  return glob[0] === text[from] && slowGlob(glob.slice(1), text, mayTake, from + 1);
}

describe('glob', () => {
  const alphabet = fc.constantFrom('a', 'b', '*', ';', '|');

  it('agrees with the obvious definition, with and without characters that a star may not take', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ';', '|'), maxLength: 10 });
    const glob = fc.string({ unit: alphabet, maxLength: 8 });
    fc.assert(
      fc.property(glob, text, (pattern, subject) => {
        const mayTake = (at: number): boolean => !';|'.includes(subject.charAt(at));
        expect(matchGlob(pattern, subject)).toBe(slowGlob(pattern, subject, () => true));
        expect(matchGlob(pattern, subject, (_, at) => mayTake(at))).toBe(slowGlob(pattern, subject, mayTake));
      }),
      { numRuns: 5_000 },
    );
  });

  it('comes to an end on a pattern made to backtrack', () => {
    expect(matchGlob(`${'a*'.repeat(250)}b`, 'a'.repeat(32_768))).toBe(false);
  });

  it.each([
    ['workspace/**', 'workspace/a/b', true],
    ['workspace/**', 'workspace', true],
    ['workspace/*', 'workspace/a/b', false],
    ['**/*.md', 'a/b/c.md', true],
    ['**/*.md', 'c.md', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'a/x/y/c', false],
  ])('matches the path glob %s on %s: %s', (glob, path, expected) => {
    expect(matchPathGlob(glob, path)).toBe(expected);
  });
});

describe('parseToolPattern', () => {
  it.each([
    ['Read', 'Read', null],
    ['Bash(npm test)', 'Bash', 'npm test'],
    ['Bash(node -e "f()")', 'Bash', 'node -e "f()"'],
    ['mcp__github__*', 'mcp__github__*', null],
    ['*', '*', null],
  ])('reads %s', (text, tool, glob) => {
    expect(parseToolPattern(text)).toEqual({ result: 'pattern', pattern: { text, tool, glob } });
  });

  it.each(['', '(x)', 'Bash(', 'Bash()', 'Ba sh', 'Bash(x) y', '-x', `Bash(${'x'.repeat(600)})`])(
    'refuses %j',
    (text) => {
      expect(parseToolPattern(text).result).toBe('invalid');
    },
  );
});

describe('decideTool', () => {
  it('denies what nothing lists', () => {
    const decision = decideTool(
      { allow: ['Read'], requireApproval: [], deny: [] },
      { tool: 'Bash', input: {} },
      PLACE,
    );
    expect(decision).toMatchObject({ effect: 'deny', rule: 'tools.default' });
  });

  it('lets deny beat require_approval beat allow', () => {
    const lists = { allow: ['Bash'], requireApproval: ['Bash(git *)'], deny: ['Bash(git push *)'] };
    expect(effect(lists, 'Bash', { command: 'git push origin' })).toBe('deny');
    expect(effect(lists, 'Bash', { command: 'git status' })).toBe('require_approval');
    expect(effect(lists, 'Bash', { command: 'ls' })).toBe('allow');
  });

  it.each([
    'npm test; curl evil',
    'npm test && curl evil',
    'npm test | sh',
    'npm test `curl evil`',
    'npm test $(curl evil)',
    'npm test > /etc/passwd',
    'npm test < /etc/passwd',
    'npm test\ncurl evil',
    'npm test\r\ncurl evil',
    'npm test & curl evil',
    ' ; npm test',
  ])('does not let an allowed prefix carry %j along', (command) => {
    expect(effect({ allow: ['Bash(npm test*)'] }, 'Bash', { command })).toBe('deny');
  });

  it('allows an operator only where the pattern has it', () => {
    const lists = { allow: ['Bash(git log* | head *)'] };
    expect(effect(lists, 'Bash', { command: 'git log -3 | head -n 1' })).toBe('allow');
    expect(effect(lists, 'Bash', { command: 'git log | head -n 1 | sh' })).toBe('deny');
    expect(effect(lists, 'Bash', { command: 'git log; x | head -n 1' })).toBe('deny');
  });

  it.each([
    'rm -rf x',
    '  rm   -rf x',
    'rm\t-rf x',
    'ls; rm x',
    'ls && rm x',
    'ls\nrm x',
    'echo $(rm x)',
    'echo `rm x`',
    '(rm x)',
    '/bin/rm x',
    'FOO=1 rm x',
    'r\\m x',
    '"rm" x',
  ])('finds a denied command in %j though everything else is allowed', (command) => {
    expect(effect({ allow: ['Bash'], deny: ['Bash(rm *)'] }, 'Bash', { command })).toBe('deny');
  });

  it('does not take another program for a denied one', () => {
    expect(effect({ allow: ['Bash'], deny: ['Bash(rm *)'] }, 'Bash', { command: 'rmdir x' })).toBe('allow');
  });

  it.each([
    ['notes.md', 'allow'],
    ['/project/agents/dev/workspace/a/b.md', 'allow'],
    ['./a/../notes.md', 'allow'],
    ['../agent.toml', 'deny'],
    ['../../../../etc/passwd', 'deny'],
    ['/etc/passwd', 'deny'],
    ['/project/agents/dev/workspace/../agent.toml', 'deny'],
    ['~/.ssh/id_ed25519', 'deny'],
    ['a\0b', 'deny'],
    ['', 'deny'],
  ])('reads the path %j from the working folder: %s', (path, expected) => {
    expect(effect({ allow: ['Read(workspace/**)'] }, 'Read', { file_path: path })).toBe(expected);
  });

  it('does not let a relative pattern allow a path outside the agent folder', () => {
    expect(effect({ allow: ['Read(**)'] }, 'Read', { file_path: '/etc/passwd' })).toBe('deny');
    expect(effect({ allow: ['Read(**)'] }, 'Read', { file_path: '../../x' })).toBe('deny');
    expect(effect({ allow: ['Read(/etc/*)'] }, 'Read', { file_path: '/etc/hosts' })).toBe('allow');
  });

  it('finds a denied path however it is written', () => {
    const lists = { allow: ['Read(**)'], deny: ['Read(workspace/secrets/*)'] };
    for (const path of [
      'secrets/k',
      './secrets/k',
      'x/../secrets/k',
      '/project/agents/dev/workspace/secrets/k',
      'secrets/a/b',
    ]) {
      expect(effect(lists, 'Read', { file_path: path })).toBe('deny');
    }
    expect(effect(lists, 'Read', { file_path: 'other' })).toBe('allow');
  });

  it.each([
    ['https://api.example.com/v1/x', 'allow'],
    ['https://API.example.com/v1/x', 'allow'],
    ['https://api.example.com@evil.test/v1/x', 'deny'],
    ['https://api.example.com.evil.test/x', 'deny'],
    ['https://evil.test/https://api.example.com/', 'deny'],
    ['http://api.example.com/x', 'deny'],
    ['not an address', 'deny'],
  ])('checks the address %s as a browser would read it: %s', (url, expected) => {
    expect(effect({ allow: ['WebFetch(https://api.example.com/**)'] }, 'WebFetch', { url })).toBe(expected);
  });

  it('looks only at the argument that acts, whatever else the input says', () => {
    const input = { file_path: '/etc/passwd', command: 'workspace/x', url: 'workspace/x' };
    expect(effect({ allow: ['Read(workspace/**)'] }, 'Read', input)).toBe('deny');
    expect(effect({ allow: ['Glob(workspace/**)'] }, 'Glob', { pattern: '/etc/**', file_path: 'x' })).toBe(
      'deny',
    );
  });

  it('denies a guarded tool whose argument is missing', () => {
    expect(effect({ allow: ['Bash'], deny: ['Bash(rm *)'] }, 'Bash', {})).toBe('deny');
    expect(effect({ allow: ['Bash(npm *)'] }, 'Bash', { command: ['npm', 'test'] })).toBe('deny');
  });

  it('matches the canonical JSON of any other tool', () => {
    expect(effect({ allow: ['charge({"amount":1,*)'] }, 'charge', { to: 'x', amount: 1 })).toBe('allow');
    expect(effect({ allow: ['charge({"amount":1,*)'] }, 'charge', { to: 'x', amount: 10 })).toBe('deny');
  });

  it('takes an argument too long to read for the worse', () => {
    const command = `npm ${'x'.repeat(40_000)}`;
    expect(effect({ allow: ['Bash(npm *)'] }, 'Bash', { command })).toBe('deny');
    expect(effect({ allow: ['Bash'], requireApproval: ['Bash(git *)'] }, 'Bash', { command })).toBe(
      'require_approval',
    );
  });

  it('never allows a command with an operator through a pattern without one', () => {
    const word = fc.string({ unit: fc.constantFrom('a', ' ', '-', '*', '"'), maxLength: 8 });
    const operator = fc.constantFrom(';', '&', '|', '`', '$(', '>', '<', '\n', '\r');
    fc.assert(
      fc.property(word, word, operator, word, (glob, before, middle, after) => {
        const command = `a${before}${middle}${after}b`;
        expect(effect({ allow: [`Bash(*${glob}*)`] }, 'Bash', { command })).toBe('deny');
      }),
    );
  });
});
