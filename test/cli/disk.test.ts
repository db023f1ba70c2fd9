// A disk that is full, or that can only be read, is told as that, with what to do; it is no bug of ours.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFault } from '../../src/cli/environment-fault.ts';
import { newPlace, type Place, type Said } from './binary.ts';

/** Options of a tmpfs, or null where none can be mounted. */
function mount(at: string, options: string): boolean {
  mkdirSync(at, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', at], { stdio: 'pipe' });
    return true;
  } catch (error) {
    console.log(`no tmpfs can be mounted: ${String(error).split('\n')[0]}`);
    return false;
  }
}

let place: Place;
beforeAll(() => {
  place = newPlace();
  mkdirSync(join(place.root, 'work'));
});
afterAll(() => place.remove());

async function execOn(options: string, env: (disk: string) => Record<string, string>): Promise<Said | null> {
  const disk = join(place.root, 'disk');
  if (!mount(disk, options)) return null;
  try {
    return await place.run(['exec', '--', 'echo', 'hi'], { env: env(disk), cwd: join(place.root, 'work') });
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
}

describe('exec for the first time', () => {
  it.each(['8k', '16k', '64k', '600k'])('on a disk of %s says that it is full', async (size) => {
    const said = await execOn(`size=${size}`, (disk) => ({ GOVERNED_STATE_HOME: disk }));
    if (said === null) return;
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(said.err).toMatch(/ENOSPC: no space left on device|the disk is full/);
    expect(said.err).toMatch(/hint: (free some space|make room)/);
    expect(said.err).not.toContain('bug');
  });

  it('with a home that can only be read says so', async () => {
    const said = await execOn('ro', (disk) => ({ HOME: disk, GOVERNED_STATE_HOME: '' }));
    if (said === null) return;
    expect(said.err).toContain("can't be made: EROFS: read-only file system");
    expect(existsSync(join(place.root, 'disk', '.local'))).toBe(false);
  });
});

describe('what the system says of a disk, wherever it shows', () => {
  const fault = (code: string): Error => Object.assign(new Error(`${code}: so it is`), { code });

  it.each([
    ['ENOSPC', 'a disk is full'],
    ['EDQUOT', 'this user has no more room on a disk'],
    ['EROFS', 'a disk can only be read'],
  ])('is no bug: %s', (code, what) => {
    expect(environmentFault(fault(code))).toMatchObject({
      code: 'disk_unwritable',
      message: `${what}: ${code}: so it is`,
    });
  });

  it('leaves anything else as it is', () => {
    expect(environmentFault(fault('ENOENT'))).toBeNull();
    expect(environmentFault(new Error('ENOSPC'))).toBeNull();
  });
});
