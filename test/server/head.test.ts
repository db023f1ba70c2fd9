import { expect, it } from 'vitest';
import { readHead } from '../../src/server/guard/head.ts';
import { headerCases } from './header-cases.ts';

const PORT = 8005;
const ours = ['Host', `localhost:${PORT}`];

it('refuses by itself, whatever the adapter below does, every bad head that is not about the body or the site', () => {
  const elsewhere = /Content-Type|Sec-Fetch-Site|length|folded|blank before/;
  const cases = headerCases(PORT).filter(
    ({ name, method }) => !elsewhere.test(name) && method !== 'DELETE' && method !== 'GET',
  );
  expect(cases.length).toBeGreaterThan(180);
  for (const { name, method, target, headers } of cases) {
    const read = readHead({ method, url: target('/admin/pause-all'), rawHeaders: headers.flat() }, PORT);
    expect(read.ok, name).toBe(false);
  }
});

it('refuses a head without a Host', () => {
  expect(readHead({ method: 'GET', url: '/', rawHeaders: [] }, PORT)).toMatchObject({
    why: { code: 'no_host' },
  });
});

it('reads what it was sent, by any spelling of the names, once', () => {
  const read = readHead(
    { method: 'GET', url: '/', rawHeaders: [...ours, 'AUTHORIZATION', 'Bearer x', 'x-GOVERNED-as', 'agent'] },
    PORT,
  );
  expect(read).toMatchObject({
    ok: true,
    head: { authorization: 'Bearer x', governedAs: 'agent', session: null },
  });
  for (const name of [
    'authorization',
    'cookie',
    'x-governed-session',
    'x-governed-as',
    'last-event-id',
    'constructor',
  ]) {
    const twice = readHead(
      { method: 'GET', url: '/', rawHeaders: [...ours, name, 'a', name.toUpperCase(), 'a'] },
      PORT,
    );
    expect(twice.ok, name).toBe(name === 'constructor');
  }
});
