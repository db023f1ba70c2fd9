import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCodexArguments } from '../../../src/cli/exec/codex-arguments.ts';
import { codexWords } from '../../../src/cli/exec/codex-words.ts';
import { lastMessageInto } from '../../../src/cli/exec/last-message.ts';

describe('the arguments of codex', () => {
  it('keeps the prompt, the model and how it thinks', () => {
    const read = readCodexArguments([
      ...['-m', 'gpt-5.1', 'exec', '--skip-git-repo-check', '-c', 'model_reasoning_effort="low"'],
      'fix the tests',
    ]);
    expect(read).toMatchObject({
      prompt: 'fix the tests',
      model: 'gpt-5.1',
      kept: ['-c', 'model_reasoning_effort="low"'],
      leftOut: [],
    });
  });

  it.each([
    [['--dangerously-bypass-approvals-and-sandbox'], '--dangerously-bypass-approvals-and-sandbox'],
    [['--yolo'], '--yolo'],
    [['-s', 'danger-full-access'], '-s danger-full-access'],
    [['--sandbox=danger-full-access'], '--sandbox=danger-full-access'],
  ])('leaves out what would open the gate, and says so: %j', (args, said) => {
    expect(readCodexArguments(['exec', ...args, 'x'])).toMatchObject({
      prompt: 'x',
      kept: [],
      leftOut: [said],
    });
  });

  it.each([
    ['-C', '/'],
    ['--add-dir', '/'],
    ['--some-new-option'],
    ['-c', 'approval_policy="never"'],
    ['-c', 'model_provider="mine"'],
    ['--enable', 'unified_exec_tty'],
  ])('refuses what it does not know: %s %s', (...args) => {
    expect(() => readCodexArguments(['exec', ...args, 'x'])).toThrow(/nothing was started/);
  });

  it('refuses to go on with a session, and two prompts', () => {
    expect(() => readCodexArguments(['exec', 'resume', '--last'])).toThrow();
    expect(() => readCodexArguments(['exec', 'resume', 'abc'])).toThrow(/goes on with a session/);
    expect(() => readCodexArguments(['exec', 'a', 'b'])).toThrow(/one prompt/);
  });

  it.each([['-m'], ['-c'], ['-m', ''], ['--model=']])(
    'refuses an option without its value: %s',
    (...args) => {
      expect(() => readCodexArguments(['exec', 'x', ...args])).toThrow(/codex’s -/);
    },
  );

  it('takes the prompt from a pipe where it says so, and everything behind -- as words', () => {
    expect(readCodexArguments(['exec', '-'])?.prompt).toBeNull();
    expect(readCodexArguments(['exec', '--', '--not-an-option'])?.prompt).toBe('--not-an-option');
  });

  it('knows that nothing can be gated without exec', () => {
    expect(readCodexArguments(['fix the tests'])).toBeNull();
  });
});

describe('the words of codex', () => {
  const of = (method: string, params: object) => ({ method, params: { threadId: 't', ...params } });
  const said = (text: string, threadId = 't') =>
    of('item/completed', { threadId, item: { id: text, type: 'agentMessage', text } });
  const command = (status: string, exitCode: number | null) => ({
    item: { id: 'c1', type: 'commandExecution', command: 'ls', status, exitCode, aggregatedOutput: null },
  });
  const STARTED = { method: 'thread/started', params: { thread: { id: 't' } } };
  const DONE = of('turn/completed', { turn: { status: 'completed', error: null } });

  it('are its last answer and nothing of its subagents', () => {
    const words = codexWords({ isJson: false, keepLast: null });
    const out = [STARTED, said('first'), said('last'), said('of a subagent', 'other'), DONE].map(words);
    expect(out).toEqual([null, null, null, null, 'last']);
  });

  it('are its events with --json, numbered as it numbers them', () => {
    const words = codexWords({ isJson: true, keepLast: null });
    const total = { inputTokens: 10, cachedInputTokens: 2, outputTokens: 3, cacheWriteInputTokens: 0 };
    const out = [
      STARTED,
      of('turn/started', {}),
      of('item/started', command('inProgress', null)),
      of('item/completed', command('completed', 0)),
      said('last'),
      of('thread/tokenUsage/updated', { tokenUsage: { total } }),
      DONE,
    ].flatMap((message) => words(message) ?? []);
    expect(out.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: 'thread.started', thread_id: 't' },
      { type: 'turn.started' },
      { type: 'item.started', item: { id: 'item_0', type: 'command_execution', status: 'in_progress' } },
      { type: 'item.completed', item: { id: 'item_0', exit_code: 0, aggregated_output: '' } },
      { type: 'item.completed', item: { id: 'item_1', type: 'agent_message', text: 'last' } },
      { type: 'turn.completed', usage: { input_tokens: 10, cached_input_tokens: 2, output_tokens: 3 } },
    ]);
  });

  it('go to a file too where one is named', () => {
    const dir = mkdtempSync(join(tmpdir(), 'governed-words-'));
    const words = codexWords({ isJson: false, keepLast: lastMessageInto(join(dir, 'last.txt'), '/nowhere') });
    [STARTED, said('last'), DONE].forEach(words);
    expect(readFileSync(join(dir, 'last.txt'), 'utf8')).toBe('last');
    rmSync(dir, { recursive: true });
  });

  it('make no file when something else of the call is refused', () => {
    const dir = mkdtempSync(join(tmpdir(), 'governed-words-'));
    expect(() => readCodexArguments(['exec', '-o', join(dir, 'a'), '--unheard-of', 'x'])).toThrow();
    expect(readdirSync(dir)).toEqual([]);
    rmSync(dir, { recursive: true });
  });

  it.each([
    [['resume', '--last'], 'goes on with a session'],
    [['resume', 'x'], 'goes on with a session'],
    [['review', '--base', 'main'], 'is not known here'],
    [['review'], 'is not known here'],
  ])('of a subcommand are refused by its name: %j', (words, why) => {
    expect(() => readCodexArguments(['exec', ...words])).toThrow(`\`codex exec ${words[0]}\` ${why}`);
  });

  it.each(['/no/such/folder/last.txt', '/'])('go to no file that can’t be written: %s', (file) => {
    expect(() => readCodexArguments(['exec', '-o', file, 'x'])).toThrow(/nothing was started/);
  });
});
