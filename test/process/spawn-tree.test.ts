import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { OperationError } from '../../src/core/fault.ts';
import { isAlive, killTree, listTree, spawnTree } from '../../src/process/entry.ts';
import { fixturePath, newMarker, PATH, scratch, startTree, until } from './tree-fixture.ts';

const spawn = (command: readonly string[], env: Record<string, string> = { PATH }, cwd = scratch()) =>
  spawnTree({ command, cwd, env, marker: newMarker() });

async function faultOf(start: Promise<unknown>): Promise<OperationError> {
  try {
    await start;
  } catch (fault) {
    if (fault instanceof OperationError) return fault;
    throw fault;
  }
  throw new Error('It started.');
}

describe('a started tree', () => {
  it('leads a session of its own and is named by its handle', async () => {
    const { handle } = await startTree(['sleep', '600']);
    const [, , group, session] =
      readFileSync(`/proc/${handle.root.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    expect([group, session]).toEqual([String(handle.root.pid), String(handle.root.pid)]);
    expect(isAlive(handle.root)).toBe(true);
    expect(listTree(handle)).toMatchObject([{ ...handle.root, name: 'sleep', stopped: false }]);
  });

  it('has the environment it was given and the marker, and nothing of ours', async () => {
    process.env['SECRET_OF_OURS'] = 'x';
    const { handle, stdout } = await spawn(['env'], { PATH, LANG: 'C', EMPTY: '' });
    delete process.env['SECRET_OF_OURS'];
    const lines = (await text(stdout)).trim().split('\n').sort();
    expect(lines).toEqual(['EMPTY=', 'LANG=C', `PATH=${PATH}`, handle.marker].sort());
  });

  it('gets its arguments as they are, with no shell between', async () => {
    const { stdout } = await spawn(['printf', '%s|', '$HOME', '`id`', 'a b', "'", '*']);
    expect(await text(stdout)).toBe("$HOME|`id`|a b|'|*|");
  });

  it('is given its input and its working folder, and its streams and exit are told apart', async () => {
    const command = [process.execPath, fixturePath('talk.mjs'), 'to stderr'];
    const { stdin, stdout, stderr, ended } = await spawn(command, { PATH, CODE: '3' });
    stdin.end('to stdout');
    expect(await Promise.all([text(stdout), text(stderr)])).toEqual(['to stdout', 'to stderr']);
    expect(await ended).toEqual({ exitCode: 3, signal: null });

    const { stdout: folder } = await spawn(['pwd']);
    expect(await text(folder)).toBe(`${scratch().replace(/\/$/, '')}\n`);
  });

  it('keeps its output for a reader who comes late, even after its end', async () => {
    const { stdout, stderr, ended } = await spawn(['sh', '-c', 'head -c 60000 /dev/zero; echo oops >&2']);
    await ended;
    await delay(50);
    expect((await text(stdout)).length).toBe(60_000);
    expect(await text(stderr)).toBe('oops\n');
  });

  it('waits when nobody reads, rather than filling our memory', async () => {
    const { stdout, handle } = await startTree(['yes']);
    stdout.pause();
    const written = (): number =>
      Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${handle.root.pid}/io`, 'utf8'))?.[1]);
    await until(() => {
      const state = readFileSync(`/proc/${handle.root.pid}/stat`, 'utf8').split(') ')[1];
      return state?.startsWith('S') ?? false;
    }, 'it waits');
    await delay(100);
    const before = written();
    await delay(100);
    expect(written()).toBe(before);
    expect(before).toBeLessThan(64 * 1024 * 1024);
  });

  it('tells the end of its root at once, though others hold its output open', async () => {
    const tree = await startTree(['sh', '-c', 'sleep 600 & exit 4']);
    expect(await tree.ended).toEqual({ exitCode: 4, signal: null });
    // What it left behind may not have become its program yet.
    await until(() => listTree(tree.handle)[0]?.name === 'sleep', 'it sleeps');
    expect(listTree(tree.handle)).toHaveLength(1);
  });

  it('may leave its input unread without harm to us', async () => {
    const { stdin, ended, stdout } = await spawn(['true']);
    stdout.resume();
    stdin.write('x'.repeat(1_000_000));
    await ended;
    stdin.write('more');
    await until(() => stdin.destroyed, 'it is given up');
  });

  it('leaves no listener on this process', async () => {
    const count = (): number =>
      process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
    const before = count();
    const { handle, ended } = await startTree(['sleep', '600']);
    expect(count()).toBe(before);
    await killTree(handle);
    expect(await ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(count()).toBe(before);
  });
});

describe('a program that cannot be started', () => {
  it('is named, with the PATH that was searched and what to do', async () => {
    const fault = await faultOf(spawn(['no-such-program'], { PATH: '/usr/bin:/opt/none' }));
    expect(fault).toMatchObject({
      op: 'start a program',
      code: 'missing_program',
      hint: 'Install no-such-program, or name it by its full path.',
    });
    expect(fault.message).toBe(
      'Cannot start no-such-program: no program of that name was found (searched PATH=/usr/bin:/opt/none).',
    );
  });

  it('is not looked for in our own PATH', async () => {
    const fault = await faultOf(spawn(['node'], { PATH: '/nowhere' }));
    expect(fault.message).toContain('searched PATH=/nowhere');
  });

  it('says that the path of a program leads nowhere', async () => {
    const fault = await faultOf(spawn(['./missing.sh']));
    expect(fault).toMatchObject({ code: 'missing_program' });
    expect(fault.message).toContain(`there is no file ${scratch('missing.sh')}`);
  });

  it('says that it is the working folder that is missing', async () => {
    const fault = await faultOf(spawn(['true'], { PATH }, scratch('nowhere')));
    expect(fault).toMatchObject({ code: 'missing_folder' });
    expect(fault.message).toContain(scratch('nowhere'));
  });

  it('says that it may not be run, or that its interpreter is missing', async () => {
    writeFileSync(scratch('plain.sh'), '#!/bin/sh\n');
    expect(await faultOf(spawn(['./plain.sh']))).toMatchObject({ code: 'not_executable' });
    writeFileSync(scratch('script'), '#!/no/such/interpreter\n');
    chmodSync(scratch('script'), 0o755);
    expect(await faultOf(spawn(['./script']))).toMatchObject({ code: 'missing_interpreter' });
  });

  it('says that its arguments are too long for the system', async () => {
    const fault = await faultOf(spawn(['echo', 'x'.repeat(4_000_000)]));
    expect(fault).toMatchObject({ code: 'program_not_started' });
    expect(fault.message).toContain('E2BIG');
  });
});
