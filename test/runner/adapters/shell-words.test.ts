import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { scriptOf, shellWords } from '../../../src/runner/adapters/codex/shell-words.ts';

describe('the words of a command line', () => {
  it.each([
    ["/bin/bash -lc 'npm test'", 'npm test'],
    ['/bin/sh -c ls', 'ls'],
    [String.raw`/bin/bash -lc "echo \"it's\" "'$HOME '"\\\\ 'q'"`, String.raw`echo "it's" $HOME \\ 'q'`],
    ["/bin/bash -lc 'echo one\necho two'", 'echo one\necho two'],
  ])('are what a shell makes of them: %s', (line, script) => {
    expect(scriptOf(line)).toBe(script);
    const said = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
    expect(said.split('\0').slice(0, -1)).toEqual(shellWords(line));
  });

  it.each([
    'npm test',
    '/bin/bash -lc ls; rm -rf /',
    "/bin/bash -lc 'ls' extra",
    "/bin/bash -x 'ls'",
    "python3 -c 'print(1)'",
    "/bin/bash -lc 'unclosed",
  ])('are judged whole where it is not a shell with one script: %s', (line) => {
    expect(scriptOf(line)).toBe(line);
  });
});
