// Attempts to be more than an ordinary user without capabilities.
import { readFileSync } from 'node:fs';
import { escaped, held, type Probe } from './probe.ts';

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
];

function status(names: readonly string[]): readonly (readonly [string, string])[] {
  const lines = readFileSync('/proc/self/status', 'utf8').split('\n');
  return names.map(
    (name) => [name, lines.find((line) => line.startsWith(`${name}:`))?.split(/\s+/)[1] ?? '?'] as const,
  );
}
