import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProjectFixture, startProject } from './project-fixture.ts';

const dashboardDir = mkdtempSync(join(tmpdir(), 'governed-dashboard-'));
let f: ProjectFixture;
beforeAll(async () => {
  mkdirSync(dashboardDir, { recursive: true });
  writeFileSync(join(dashboardDir, 'index.html'), '<!doctype html><title>x</title>');
  writeFileSync(join(dashboardDir, 'app.js'), 'export {};');
  writeFileSync(join(dashboardDir, 'style.css'), 'p { color: red }');
  f = await startProject({ serve: { dashboardDir } });
});
afterAll(async () => {
  await f.close();
  rmSync(dashboardDir, { recursive: true, force: true });
});

it('gives the shell and its files to anyone, under a policy without inline script and without other origins', async () => {
  for (const [path, type] of [
    ['/', 'text/html'],
    ['/assets/app.js', 'text/javascript'],
    ['/assets/style.css', 'text/css'],
  ] as const) {
    const answer = await f.ask({ path });
    expect(answer.status, path).toBe(200);
    expect(String(answer.headers['content-type']), path).toContain(type);
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  }
});

it('opens from a link on another site, but gives no data to one', async () => {
  const fromElsewhere = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect((await f.ask({ path: '/', headers: fromElsewhere })).status).toBe(200);
  const operator = f.token('operator');
  expect((await f.ask({ path: '/status', secret: operator, headers: fromElsewhere })).status).toBe(403);
});

it('lets nothing be cached, sniffed, framed or told on', async () => {
  for (const path of ['/', '/health', '/status', '/nowhere']) {
    const { headers } = await f.ask({ path });
    expect(headers['cache-control'], path).toBe('no-store');
    expect(headers['x-content-type-options'], path).toBe('nosniff');
    expect(headers['referrer-policy'], path).toBe('no-referrer');
    expect(headers['cross-origin-resource-policy'], path).toBe('same-origin');
    expect(headers['x-powered-by'], path).toBeUndefined();
  }
});

it('serves no other file, whatever the path looks like', async () => {
  for (const path of [
    '/assets/../index.html',
    '/assets/%2e%2e/index.html',
    '/assets/',
    '/index.html',
    '//assets/app.js',
    '/assets/app.js/x',
  ]) {
    expect((await f.ask({ path })).status, path).toBe(404);
  }
});

it('binds a session to its port: strict, unreadable by scripts, and useless without its second secret', async () => {
  const minted = await f.asOperator('POST', '/session/code', {});
  expect(String(minted.body['link'])).toBe(`http://localhost:${f.port}/#code=${String(minted.body['code'])}`);
  const opened = await f.ask({ method: 'POST', path: '/session', body: { code: minted.body['code'] } });
  const cookie = String(opened.headers['set-cookie']);
  expect(cookie).toMatch(
    new RegExp(`^governed_session_${f.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Max-Age=\\d+$`),
  );
  const jar = cookie.split(';')[0] ?? '';
  expect((await f.ask({ path: '/status', headers: { cookie: jar } })).body['code']).toBe(
    'session_incomplete',
  );
  const whole = { cookie: jar, 'x-governed-session': String(opened.body['session_secret']) };
  expect((await f.ask({ path: '/status', headers: whole })).status).toBe(200);
  expect((await f.ask({ path: '/status', headers: { ...whole, cookie: `${jar}; ${jar}` } })).status).toBe(
    401,
  );
});

it('keeps the place of what comes later', async () => {
  for (const path of ['/metrics', '/openapi.json']) {
    expect(await f.asOperator('GET', path), path).toMatchObject({
      status: 404,
      body: { code: 'not_available_yet' },
    });
  }
});
