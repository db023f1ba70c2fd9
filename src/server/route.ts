// The only way to make a route. It says who may use it, what it takes and whether it decides something: without `who` there is no
// route, and whoever is not listed never reaches the handler.
import type { z } from 'zod';
import type { Answer } from './answer.ts';
import type { Identity, Who } from './identity/identity.ts';
import { faultsOf } from './issue-words.ts';
import { type Problem, problem } from './problem.ts';

export interface Call<Body, Query> {
  readonly identity: Identity;
  readonly body: Body;
  readonly query: Query;
  /** A named segment of the path, decoded. */
  readonly param: (name: string) => string;
  readonly lastEventId: string | null;
  /** Aborted when the caller goes away or the server stops. Made on first use. */
  readonly signal: () => AbortSignal;
  /** Answers 403 and records that somebody tried to decide what is not theirs. */
  readonly refuseForged: (detail: string) => Promise<Problem>;
}

export interface RouteSpec<B extends z.ZodType | null, Q extends z.ZodType | null> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly who: readonly [Who, ...Who[]];
  readonly body: B;
  readonly query: Q;
  /** It decides or loosens: a refused attempt is flagged in the record. */
  readonly decides?: boolean;
  /** It is refused while the mirror can't follow. */
  readonly needsMirror?: boolean;
  /** What a run sends here is kept for good: how much of it is bounded. */
  readonly fills?: boolean;
  readonly handle: (call: Call<Parsed<B>, Parsed<Q>>) => Answer | Promise<Answer>;
}

type Parsed<S extends z.ZodType | null> = S extends z.ZodType ? z.output<S> : null;

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly who: readonly Who[];
  readonly takesBody: boolean;
  readonly decides: boolean;
  readonly needsMirror: boolean;
  readonly fills: boolean;
  readonly handle: (call: Call<unknown, Readonly<Record<string, string>>>) => Answer | Promise<Answer>;
}

export function route<B extends z.ZodType | null, Q extends z.ZodType | null>(spec: RouteSpec<B, Q>): Route {
  return {
    method: spec.method,
    path: spec.path,
    who: spec.who,
    takesBody: spec.body !== null,
    decides: spec.decides ?? false,
    needsMirror: spec.needsMirror ?? false,
    fills: spec.fills ?? false,
    handle(call) {
      const query = parse(spec.query, call.query, 'query');
      if (query.problem !== null) return query.problem;
      const body = parse(spec.body, call.body, 'body');
      if (body.problem !== null) return body.problem;
      return spec.handle({ ...call, body: body.value, query: query.value });
    },
  };
}

type ParseResult<S extends z.ZodType | null> =
  | { readonly problem: null; readonly value: Parsed<S> }
  | { readonly problem: Problem };

function parse<S extends z.ZodType | null>(
  schema: S,
  value: unknown,
  where: 'body' | 'query',
): ParseResult<S> {
  if (schema === null) {
    const isEmpty =
      where === 'body' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
    return isEmpty
      ? { problem: null, value: null as Parsed<S> }
      : { problem: problem(400, 'invalid', 'this route takes no query') };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { problem: null, value: parsed.data as Parsed<S> };
  return { problem: invalid(parsed.error, schema, value, where) };
}

const MOST_FAULTS = 10;

function invalid(
  error: z.core.$ZodError,
  schema: z.ZodType,
  value: unknown,
  where: 'body' | 'query',
): Problem {
  const errors = error.issues.flatMap((issue) => faultsOf(issue, schema, value)).slice(0, MOST_FAULTS);
  const [first] = errors;
  const field = first === undefined || first.field === '' ? where : `${where}, ${first.field}`;
  return problem(400, 'invalid', `${field}: ${first?.message ?? 'not valid'}`, null, { errors });
}
