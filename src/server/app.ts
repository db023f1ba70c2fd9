// Puts the routes on Hono, each behind the same steps in the same order: the head is ours, somebody speaks, they may, the mirror
// follows, the body is JSON and valid, and only then the handler.
import { Readable } from 'node:stream';
import { type Context, Hono } from 'hono';
import { type Answer, toResponse } from './answer.ts';
import { CutBody, readJsonBody } from './guard/body.ts';
import { whyCrossSite } from './guard/fetch-site.ts';
import { type Head, type RawHead, readHead } from './guard/head.ts';
import { type OpenCalls, trackCalls } from './guard/open-calls.ts';
import type { RunVolume } from './guard/run-volume.ts';
import { type Identity, NOBODY } from './identity/identity.ts';
import { notAllowed } from './identity/not-allowed.ts';
import type { MirrorHealth } from './mirror/follow.ts';
import { whyMirrorRefuses } from './mirror/why-refused.ts';
import { internalProblem, type Problem, problem, problemOfFault } from './problem.ts';
import type { Route } from './route.ts';

export interface AppBindings {
  /** The request as Node's parser gave it: what Hono makes of it is a second view, and never decides. */
  readonly incoming: RawHead;
}

export interface ForgedAttempt {
  readonly identity: Identity;
  readonly route: string;
  /** From the path. */
  readonly claimedId: string | null;
}

export interface AppOptions {
  readonly port: number;
  readonly routes: readonly Route[];
  readonly identify: (head: Head) => Identity;
  readonly mirror: () => MirrorHealth;
  readonly volume: RunVolume;
  readonly closing: AbortSignal;
  /** Puts the attempt into the record. */
  readonly flagForged: (attempt: ForgedAttempt) => Promise<void>;
  readonly onBug: (error: unknown) => void;
}

type App = Hono<{ Bindings: AppBindings }>;
type AppContext = Context<{ Bindings: AppBindings }>;

export function createApp(options: AppOptions): App {
  const app: App = new Hono();
  const calls = trackCalls(options.closing);
  for (const route of options.routes) {
    app.on(route.method, route.path, async (c) => toResponse(await answer(options, calls, route, c)));
  }
  app.notFound((c) => {
    const read = readHead(c.env.incoming, options.port);
    return toResponse(read.ok ? problem(404, 'no_such_route', 'there is no such route') : read.why);
  });
  app.onError((error) => toResponse(problemOf(options, error)));
  return app;
}

async function answer(options: AppOptions, calls: OpenCalls, route: Route, c: AppContext): Promise<Answer> {
  const read = readHead(c.env.incoming, options.port);
  if (!read.ok) return read.why;
  const open: { release?: () => void } = {};
  try {
    const admitted = await admit(options, route, c, read.head);
    if ('kind' in admitted) return admitted;
    const query = readQuery(c.req.url);
    if (query === null) return problem(400, 'invalid', 'query: a name is given twice');
    const body = route.takesBody ? await readJsonBody(read.head, bodySource(c)) : hasBody(read.head);
    if (!body.ok) return body.why;
    const { identity } = admitted;
    if (route.fills && (identity.kind === 'agent' || identity.kind === 'run')) {
      const tooMuch = options.volume.take(identity.run.id, body.bytes);
      if (tooMuch !== null) return tooMuch;
    }
    const made = await route.handle({
      identity,
      body: body.value,
      query,
      param: (name) => c.req.param(name) ?? '',
      lastEventId: read.head.lastEventId,
      signal() {
        const call = calls.open(c.req.raw.signal);
        open.release = call.release;
        return call.signal;
      },
      async refuseForged(detail) {
        await admitted.flag();
        return problem(403, 'forbidden', detail, 'an operator has to do this');
      },
    });
    // A stream goes on after its answer was made, until its caller goes away.
    if (made.kind === 'raw') delete open.release;
    return made;
  } catch (error) {
    return problemOf(options, error);
  } finally {
    open.release?.();
  }
}

interface Admitted {
  readonly identity: Identity;
  readonly flag: () => Promise<void>;
}

/** Whether the caller may use the route at all; nothing of a body is read before. */
async function admit(
  options: AppOptions,
  route: Route,
  c: AppContext,
  head: Head,
): Promise<Admitted | Problem> {
  // Hono serves HEAD with the handler of GET, streams too.
  if (head.method !== route.method) {
    return problem(405, 'method_not_allowed', `this route takes ${route.method}`);
  }
  const isPublic = route.who.includes('public');
  const identity = isPublic ? NOBODY : options.identify(head);
  const crossSite = whyCrossSite(head, identity, isPublic);
  if (crossSite !== null) return crossSite;
  const claimedId = c.req.param('id') ?? null;
  const flag = (): Promise<void> =>
    options.flagForged({ identity, route: `${route.method} ${route.path}`, claimedId });
  if (!isPublic && !(route.who as readonly string[]).includes(identity.kind)) {
    if (route.decides) await flag();
    return notAllowed(identity, route.who);
  }
  const behind = route.needsMirror ? await whyMirrorRefuses(options.mirror) : null;
  return behind ?? { identity, flag };
}

function readQuery(url: string): Record<string, string> | null {
  const at = url.indexOf('?');
  if (at < 0) return {};
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(url.slice(at + 1))) {
    if (Object.hasOwn(query, name) || name === '__proto__') return null;
    query[name] = value;
  }
  return query;
}

function bodySource(c: AppContext): Readable | ReadableStream<Uint8Array> | null {
  const incoming: unknown = c.env.incoming;
  return incoming instanceof Readable ? incoming : c.req.raw.body;
}

function hasBody(head: Head): Awaited<ReturnType<typeof readJsonBody>> {
  const isEmpty =
    head.transferEncoding === null && (head.contentLength === null || head.contentLength === '0');
  return isEmpty
    ? { ok: true, value: null, bytes: 0 }
    : { ok: false, why: problem(400, 'unexpected_body', 'this route takes no body') };
}

function problemOf(options: AppOptions, error: unknown): Problem {
  if (error instanceof CutBody) return problem(400, 'cut_body', 'the body ended before it was complete');
  const known = problemOfFault(error);
  if (known !== null) return known;
  options.onBug(error);
  return internalProblem();
}
