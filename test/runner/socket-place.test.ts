import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { socketPlace } from '../../src/runner/socket-place.ts';

const base = mkdtempSync('/tmp/governed-socket-');
const long = join(base, 'deep-'.repeat(40));
mkdirSync(long);
afterEach(() => {
  vi.unstubAllEnvs();
});
process.on('exit', () => rmSync(base, { recursive: true, force: true }));

const listen = (path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(path, () => {
      const isThere = existsSync(path);
      server.close(() => resolve(isThere ? 'there' : 'cut'));
    });
  });

describe('The place of a socket', () => {
  it('is the wanted one where its name fits', () => {
    const wanted = join(base, 'gateway.sock');
    expect(socketPlace(wanted).path).toBe(wanted);
  });

  it.each([
    ['its folder for temporary files is the usual one', undefined],
    ['that is as long', long],
    ['that is not there', join(base, 'none')],
  ])('is found for a name that is too long, and removed, when %s', async (_when, temporary) => {
    if (temporary !== undefined) vi.stubEnv('TMPDIR', temporary);
    const place = socketPlace(join(long, 'gateway.sock'));
    expect(await listen(place.path)).toBe('there');
    place.remove();
    expect(existsSync(dirname(place.path))).toBe(false);
  });
});
