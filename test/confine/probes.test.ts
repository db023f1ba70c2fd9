import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../src/runner/confine/probes/probe.ts';
import { isProving } from '../counts.ts';
import { buildPrograms, isRoot, type Programs, probeAs, removeFolders } from './probe-fixture.ts';

const TIMEOUT_MS = 120_000;
let programs: Programs;

beforeAll(async () => {
  programs = await buildPrograms();
}, TIMEOUT_MS);
afterAll(removeFolders);

const users = isRoot ? (['self', 'ordinary'] as const) : (['self'] as const);
const found = new Map<string, readonly ProbeResult[]>();

afterAll(() => {
  if (isProving) console.log(tableOf(found));
});

/** What succeeded of each kind of attempt: jailed, and not. */
function tableOf(all: ReadonlyMap<string, readonly ProbeResult[]>): string {
  const columns = [...all.keys()];
  const kindOf = ({ id }: ProbeResult): string => id.split('.')[0] ?? '';
  const kinds = [...new Set([...all.values()].flat().map(kindOf))];
  const row = (name: string, isOf: (result: ProbeResult) => boolean): string =>
    [
      name.padEnd(14),
      ...columns.map((column) => {
        const tried = (all.get(column) ?? []).filter(isOf);
        const got = tried.filter(({ outcome }) => outcome === 'escaped').length;
        const untold = tried.filter(({ outcome }) => outcome === 'unclear').length;
        return `${got} of ${tried.length}${untold > 0 ? `, ${untold} unclear` : ''}`.padEnd(24);
      }),
    ].join('');
  return [
    'attempts that succeeded',
    `${''.padEnd(14)}${columns.map((column) => column.padEnd(24)).join('')}`,
    ...kinds.map((kind) => row(kind, (result) => kindOf(result) === kind)),
    row('all', () => true),
  ].join('\n');
}

function nameOf(user: 'self' | 'ordinary'): string {
  return isRoot && user === 'self' ? 'root' : 'ordinary user';
}

describe.each(users)('The jail of a user (%s)', (user) => {
  it('holds every one of more than 100 attempts to escape', { timeout: TIMEOUT_MS }, async () => {
    const results = await probeAs(user, 'confined', programs);
    found.set(`${nameOf(user)}, jailed`, results);
    expect(results.filter(({ outcome }) => outcome !== 'held')).toEqual([]);
    expect(results.length).toBeGreaterThan(100);
  });

  it('is what holds them: most of the same attempts succeed outside of it', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const results = await probeAs(user, 'bare', programs);
    found.set(`${nameOf(user)}, not`, results);
    const escapes = results.filter(({ outcome }) => outcome === 'escaped');
    expect(escapes.length / results.length).toBeGreaterThan(0.6);
  });
});
