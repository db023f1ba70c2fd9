import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBwrap } from '../../src/runner/confine/find-bwrap.ts';
import { howToGetBwrap, type Machine } from '../../src/runner/confine/how-to-get-bwrap.ts';
import { systemCallFilter } from '../../src/runner/confine/system-call-filter.ts';
import { type SelfTest, selfTest } from '../../src/runner/confine/tier.ts';
import { buildPrograms, newFolder, type Programs, removeFolders } from './probe-fixture.ts';

let programs: Programs;

beforeAll(async () => {
  programs = await buildPrograms();
}, 60_000);
afterAll(removeFolders);

function testOnce(known: Map<string, SelfTest>, door = programs.door) {
  const made: string[] = [];
  const options = {
    door,
    program: programs.probe,
    operatorHome: homedir(),
    cache: {
      get: (key: string) => known.get(key),
      set: (key: string, found: SelfTest) => void known.set(key, found),
    },
    newFolder: () => {
      const folder = newFolder();
      made.push(folder);
      return folder;
    },
  };
  return selfTest(options).then((found) => ({ ...found, made }));
}

describe('The tier', () => {
  it('is confined when every attempt was held, and leaves nothing of the bait', async () => {
    const { tier, why, probes, made } = await testOnce(new Map());
    expect({ tier, why }).toEqual({ tier: 'confined', why: null });
    expect(probes.length).toBeGreaterThan(100);
    expect(made.filter((folder) => existsSync(folder))).toEqual([]);
  });

  it('is found out once, and again when the door is another', async () => {
    const known = new Map<string, SelfTest>();
    expect((await testOnce(known)).made).toHaveLength(1);
    expect((await testOnce(known)).made).toHaveLength(0);
    const other = join(newFolder(), 'door.mjs');
    writeFileSync(other, 'process.exit(3);\n');
    expect(await testOnce(known, other)).toMatchObject({ tier: 'advisory', made: [expect.any(String)] });
  });
});

describe('bubblewrap', () => {
  const fake = (script: string): string => {
    const folder = newFolder();
    writeFileSync(join(folder, 'bwrap'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'bwrap'), 0o755);
    return folder;
  };

  it('is usable here', () => {
    expect(findBwrap()).toMatchObject({ result: 'usable' });
  });

  it('is tried, not assumed: a version that can’t make a jail is not usable', () => {
    const folder = fake(
      'case "$1" in --version) echo bubblewrap 0.9.0;; *) echo "setting up uid map: Permission denied" >&2; exit 1;; esac',
    );
    expect(findBwrap('linux', [folder])).toMatchObject({
      result: 'unusable',
      hindrance: 'refused',
      detail: expect.stringContaining('uid map: Permission denied'),
    });
  });

  it.each([
    ['not_linux', () => findBwrap('darwin')],
    ['missing', () => findBwrap('linux', [newFolder()])],
    ['missing', () => findBwrap('linux', [fake('echo bubblewrap 0.9.0')], [newFolder()])],
    ['old', () => findBwrap('linux', [fake('echo bubblewrap 0.6.1')])],
    ['broken', () => findBwrap('linux', [fake('exit 1')])],
  ] as const)('is not usable, and it is said what to do: %s', (hindrance, find) => {
    const found = find();
    expect(found).toMatchObject({
      result: 'unusable',
      hindrance,
      hint: expect.stringMatching(/bubblewrap|Linux/),
    });
  });
});

describe('What to do for a jail', () => {
  const usual: Machine = {
    distributions: ['ubuntu', 'debian'],
    isWsl: false,
    isContainer: false,
    hasAppArmorLimit: false,
    maxUserNamespaces: 15_000,
    unprivilegedSwitch: null,
  };

  it.each([
    ['missing', { distributions: ['debian'] }, 'sudo apt install bubblewrap'],
    ['missing', { distributions: ['fedora'] }, 'sudo dnf install bubblewrap'],
    ['missing', { distributions: ['manjaro', 'arch'] }, 'sudo pacman -S bubblewrap'],
    ['missing', { distributions: ['opensuse', 'suse'] }, 'sudo zypper install bubblewrap'],
    ['refused', { hasAppArmorLimit: true }, 'bwrap-userns-restrict'],
    ['refused', { isContainer: true }, '--security-opt'],
    ['refused', { maxUserNamespaces: 0 }, 'user.max_user_namespaces'],
    ['refused', { unprivilegedSwitch: 0 }, 'kernel.unprivileged_userns_clone=1'],
    ['refused', { isWsl: true }, 'wsl --update'],
    ['not_linux', {}, 'advisory'],
  ] as const)('is named for a machine where it is %s: %o', (hindrance, change, words) => {
    expect(howToGetBwrap(hindrance, { ...usual, ...change })).toContain(words);
  });
});

it('A machine whose call numbers are not known has no filter', () => {
  expect(systemCallFilter('riscv64')).toBeNull();
  expect(systemCallFilter('x64')?.length).toBeGreaterThan(100);
  expect(systemCallFilter('arm64')?.length).toBeGreaterThan(100);
});
