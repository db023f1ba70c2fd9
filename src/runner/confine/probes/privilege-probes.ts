// Attempts to be more than an ordinary user without capabilities.
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { attempt, escaped, held, type Probe, worst } from './probe.ts';
import { processIds } from './read-probes.ts';

export const privilegeProbes: readonly Probe[] = [
  {
    id: 'privilege.capabilities',
    what: 'use or win capabilities',
    attempt: () => {
      const sets = status(['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']);
      return sets.every(([, value]) => /^0+$/.test(value))
        ? held('none in any set')
        : escaped(sets.map((set) => set.join(' ')).join(', '));
    },
  },
  {
    id: 'privilege.new',
    what: 'win privileges from a setuid program',
    attempt: () =>
      status(['NoNewPrivs'])[0]?.[1] === '1' ? held('no new privileges') : escaped('setuid programs work'),
  },
  {
    id: 'privilege.root',
    what: 'be root, if only in name',
    attempt: () => (process.getuid?.() === 0 ? escaped('uid 0') : held(`uid ${process.getuid?.()}`)),
  },
  {
    id: 'privilege.jailer',
    what: 'change the program that makes jails, and with it every later one, through the process that runs it',
    attempt: ({ process: { jailer } }) =>
      worst([
        held('not in sight'),
        ...processIds()
          .map((pid) => `/proc/${pid}/exe`)
          .filter((path) => fileId(path) === jailer)
          .map((path) =>
            attempt(() => {
              chmodSync(path, statSync(path).mode & 0o7777);
              return `set the mode of ${path} to what it was`;
            }),
          ),
      ]),
  },
];

function fileId(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // Gone, or not ours to look into.
    return undefined;
  }
}

function status(names: readonly string[]): readonly (readonly [string, string])[] {
  const lines = readFileSync('/proc/self/status', 'utf8').split('\n');
  return names.map(
    (name) => [name, lines.find((line) => line.startsWith(`${name}:`))?.split(/\s+/)[1] ?? '?'] as const,
  );
}
