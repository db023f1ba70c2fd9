import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPrograms, isRoot, type Programs, probeAs, removeFolders } from './probe-fixture.ts';

const TIMEOUT_MS = 120_000;
let programs: Programs;

beforeAll(async () => {
  programs = await buildPrograms();
}, TIMEOUT_MS);
afterAll(removeFolders);

describe.each(isRoot ? (['self', 'ordinary'] as const) : (['self'] as const))(
  'The jail of a user (%s)',
  (user) => {
    it('holds every one of more than 100 attempts to escape', { timeout: TIMEOUT_MS }, async () => {
      const results = await probeAs(user, 'confined', programs);
      expect(results.filter(({ outcome }) => outcome !== 'held')).toEqual([]);
      expect(results.length).toBeGreaterThan(100);
    });

    it('is what holds them: most of the same attempts succeed outside of it', {
      timeout: TIMEOUT_MS,
    }, async () => {
      const results = await probeAs(user, 'bare', programs);
      const escapes = results.filter(({ outcome }) => outcome === 'escaped');
      expect(escapes.length / results.length).toBeGreaterThan(0.6);
    });
  },
);
