import { describe, expect, it } from 'vitest';
import { readClaudeArguments } from '../../../src/cli/exec/claude-arguments.ts';
import { toPatterns } from '../../../src/cli/exec/claude-values.ts';
import { likelySlips, splitPatterns } from '../../../src/cli/exec/tool-patterns.ts';

describe('the arguments of claude', () => {
  it('keeps the prompt, the model, the form of the output and what shapes the answer', () => {
    const read = readClaudeArguments([
      '-p',
      'fix the tests',
      '--model=opus',
      '--output-format',
      'json',
      '--append-system-prompt',
      'be brief',
      '--verbose',
    ]);
    expect(read?.words({ type: 'result', result: 'x' })).toBe('{"type":"result","result":"x"}');
    expect(read).toMatchObject({
      prompt: 'fix the tests',
      model: 'opus',
      kept: [],
      appended: 'be brief',
      allow: [],
      deny: [],
      leftOut: [],
    });
  });

  it('makes rules of its lists of tools', () => {
    const read = readClaudeArguments([
      '-p',
      'x',
      '--allowedTools',
      'Read,Bash(git log:*) Edit',
      '--disallowedTools=WebFetch',
    ]);
    expect(read?.allow).toEqual(['Read', 'Bash(git log)', 'Bash(git log *)', 'Edit']);
    expect(read?.deny).toEqual(['WebFetch']);
  });

  it.each([
    ['--dangerously-skip-permissions'],
    ['--permission-mode', 'bypassPermissions'],
    ['--settings', '{"hooks":{}}'],
    ['--mcp-config', 'mcp.json'],
    ['--permission-prompt-tool=x'],
  ])('leaves out what would open the gate, and says so: %s', (...args) => {
    const read = readClaudeArguments([...args, '-p', 'x']);
    expect(read).toMatchObject({ prompt: 'x', kept: [], leftOut: [args.join(' ')] });
  });

  it.each([['--resume'], ['--continue'], ['-c'], ['--some-new-option'], ['--input-format']])(
    'refuses what it does not know: %s',
    (name) => {
      expect(() => readClaudeArguments(['-p', 'x', name])).toThrow(/nothing was started/);
    },
  );

  it('knows that nothing can be gated without -p', () => {
    expect(readClaudeArguments(['fix the tests'])).toBeNull();
    expect(readClaudeArguments([])).toBeNull();
  });

  it('refuses two prompts, one of which is most likely a tool', () => {
    expect(() => readClaudeArguments(['-p', 'x', '--allowedTools', 'Read', 'Edit'])).toThrow(/one prompt/);
  });

  it('takes everything behind -- as words', () => {
    expect(readClaudeArguments(['-p', '--', '--not-an-option'])?.prompt).toBe('--not-an-option');
  });

  it.each([['--model'], ['--model='], ['--model', ''], ['--append-system-prompt'], ['--allowedTools']])(
    'refuses an option without its value: %s',
    (...args) => {
      expect(() => readClaudeArguments(['-p', 'x', ...args])).toThrow(/claude’s --/);
    },
  );

  it('lets it hand over the answer that a schema asks for, whatever is said about tools', () => {
    const read = readClaudeArguments(['-p', 'x', '--json-schema', '{}']);
    expect(read).toMatchObject({ kept: ['--json-schema', '{}'], allow: [], harmless: ['StructuredOutput'] });
  });

  it('refuses half a pattern, which would allow more than all of it', () => {
    for (const text of [
      'Bash(',
      'Bash(npm test',
      'Bash(a (b),Edit(c)',
      'Read,)',
      'Bash()',
      'Bash(a)b',
      '-x',
    ]) {
      expect(() => splitPatterns(text, '--tools'), text).toThrow(/--tools: .*; nothing was started/);
    }
    expect(splitPatterns('Bash(echo (a) b), Read', '--tools')).toEqual(['Bash(echo (a) b)', 'Read']);
  });

  it('splits patterns by commas and spaces outside of brackets', () => {
    expect(splitPatterns('Read, Bash(npm test),Edit(src/**)  Glob', '--tools')).toEqual([
      'Read',
      'Bash(npm test)',
      'Edit(src/**)',
      'Glob',
    ]);
    expect(splitPatterns('', '--tools')).toEqual([]);
    expect(toPatterns('Read')).toEqual(['Read']);
  });
});

it('asks back about tools whose names look like a slip, and only about those', () => {
  const typed = ['Edti', 'Bahs(npm test)', 'Edit', 'WebSearch', 'mcp__shop__orders', 'Deploy', 'Web*'];
  expect(likelySlips(typed)).toEqual([
    ['Edti', 'Edit'],
    ['Bahs', 'Bash'],
  ]);
});
