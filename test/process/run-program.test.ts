import { describe, expect, it } from 'vitest';
import { type RunProgramOptions, runProgram, type TreeHandle } from '../../src/process/entry.ts';
import { fixturePath, newMarker, PATH, scratch, sizeOf, witnessed } from './tree-fixture.ts';

const run = (command: readonly string[], more: Partial<RunProgramOptions> = {}) =>
  runProgram({
    command,
    cwd: scratch(),
    env: { PATH },
    marker: newMarker(),
    stdin: '',
    timeLimitMs: 20_000,
    ...more,
  });

describe('a program that is run to its end', () => {
  it('gets its input and gives its output, its last words and its code', async () => {
    const command = [process.execPath, fixturePath('talk.mjs'), 'said', 'aside'];
    const stdin = JSON.stringify({ note: 'häuser 🏠' }).padEnd(300_000);
    expect(await run(command, { stdin, env: { PATH, CODE: '7' } })).toMatchObject({
      result: 'exited',
      exitCode: 7,
      signal: null,
      stdout: stdin,
      stderrTail: 'said aside',
      leftBehind: 0,
    });
  });

  it('may be told by a signal, and may leave its input unread', async () => {
    const result = await run(['sh', '-c', 'kill -9 $$'], { stdin: 'x'.repeat(1_000_000) });
    expect(result).toMatchObject({ result: 'exited', exitCode: null, signal: 'SIGKILL' });
  });

  it('is known to others by its tree as soon as it runs', async () => {
    const marker = newMarker();
    const seen: { handle: TreeHandle; witnessed: number[] }[] = [];
    await run(['sleep', '0.1'], {
      marker,
      onStarted: (handle) => seen.push({ handle, witnessed: witnessed(marker) }),
    });
    expect(seen).toMatchObject([{ handle: { marker }, witnessed: [seen[0]?.handle.root.pid] }]);
  });

  it('does not run on when nobody could be told of it', async () => {
    const marker = newMarker();
    const onStarted = (): never => {
      throw new Error('not recorded');
    };
    await expect(run(['sleep', '600'], { marker, onStarted })).rejects.toThrow('not recorded');
    expect(witnessed(marker)).toEqual([]);
  });

  it('leaves nothing behind that it started, and says that it tried', async () => {
    const marker = newMarker();
    const result = await run(['sh', fixturePath('leave-daemon.sh'), scratch('daemon')], { marker });
    expect(result).toMatchObject({ result: 'exited', exitCode: 0, leftBehind: 1 });
    expect(witnessed(marker)).toEqual([]);
  });

  it('is killed with all it started when its time is up, and its words until then are kept', async () => {
    const marker = newMarker();
    const program = `echo before; echo why >&2; exec sh ${fixturePath('stubborn.sh')} ${scratch()}`;
    const result = await run(['sh', '-c', program], { marker, timeLimitMs: 400 });
    expect(result).toMatchObject({
      result: 'timed_out',
      timeLimitMs: 400,
      stdout: 'before\n',
      stderrTail: 'why\n',
      kill: { result: 'killed', survivors: [] },
    });
    expect(sizeOf(scratch('child'))).toBeGreaterThan(0);
    expect(witnessed(marker)).toEqual([]);
  });

  it('is killed when it writes more than it may, while the end of its stderr is kept', async () => {
    const marker = newMarker();
    const result = await run(['sh', fixturePath('flood.sh')], { marker, maxStdoutBytes: 100_000 });
    expect(result).toMatchObject({ result: 'output_too_large', maxBytes: 100_000, kill: { survivors: [] } });
    if (result.result !== 'output_too_large') throw new Error('It was not stopped.');
    expect(result.stdout.length).toBeLessThanOrEqual(100_000);
    expect(result.stderrTail.length).toBe(8192);
    expect(result.stderrTail.endsWith('e\nlast words\n') || result.stderrTail.endsWith('elast words\n')).toBe(
      true,
    );
    expect(witnessed(marker)).toEqual([]);
  });

  it.each([
    [100, 'exited'],
    [101, 'output_too_large'],
  ])(
    'with a limit of 100 bytes and %i written has %s, though it ended by itself',
    async (bytes, expected) => {
      const result = await run(['head', '-c', String(bytes), '/dev/zero'], { maxStdoutBytes: 100 });
      expect(result.result).toBe(expected);
    },
  );

  it('that does not exist is a value too', async () => {
    expect(await run(['no-such-program'])).toMatchObject({
      result: 'not_started',
      fault: { code: 'missing_program' },
    });
  });
});
