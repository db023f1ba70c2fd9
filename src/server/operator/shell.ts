// The dashboard's shell and its two files, read once. They hold no data and need no session; whatever they show is asked for with one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawAnswer } from '../answer.ts';
import { type Problem, problem } from '../problem.ts';
import { type Route, route } from '../route.ts';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const FILES = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/assets/app.js', file: 'app.js', type: 'text/javascript; charset=utf-8' },
  { path: '/assets/style.css', file: 'style.css', type: 'text/css; charset=utf-8' },
] as const;

export function shellRoutes(dashboardDir: string): Route[] {
  return FILES.map(({ path, file, type }) => {
    const answer = load(join(dashboardDir, file), type);
    return route({ method: 'GET', path, who: ['public'], body: null, query: null, handle: () => answer });
  });
}

function load(path: string, type: string): RawAnswer | Problem {
  if (!existsSync(path))
    return problem(404, 'not_built', 'the dashboard is not built', 'build it with `npm run build`');
  return {
    kind: 'raw',
    status: 200,
    body: new Uint8Array(readFileSync(path)),
    headers: {
      'content-type': type,
      'content-security-policy': POLICY,
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
      'x-frame-options': 'DENY',
    },
  };
}
