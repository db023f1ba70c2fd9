// Routes of the public surface that arrive later: their place is kept, with the rule of who may use them, and they say so.
import * as z from 'zod';
import { type Problem, problem } from '../problem.ts';
import { type Route, route } from '../route.ts';

export function laterRoutes(): Route[] {
  const soon = (): Problem =>
    problem(404, 'not_available_yet', 'this is not available yet', 'a later version has it');
  const read = { method: 'GET', body: null, query: null, handle: soon } as const;
  const write = { method: 'POST', body: z.unknown(), query: null, handle: soon } as const;
  return [
    route({ ...write, path: '/credentials/issue', who: ['agent'], needsMirror: true }),
    route({ ...write, path: '/credentials/redeem', who: ['run'], needsMirror: true }),
    route({ ...read, path: '/metrics', who: ['operator', 'viewer'] }),
    route({ ...read, path: '/openapi.json', who: ['public'] }),
  ];
}
