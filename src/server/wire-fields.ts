// The fields that several routes take, with their bounds. Our own numbers are finite, safe and not negative.
import * as z from 'zod';
import { MAX_USD } from '../core/ledger/money.ts';
import { parseDurationMs, parseRfc3339 } from '../core/time.ts';

export const text = (most: number) => z.string().max(most);
export const words = (most: number) => z.string().min(1).max(most);
/** A name that is shown in lines of ours: none of its characters begins another. */
export const name = (most: number) =>
  words(most).regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be without line breaks and control characters');
export const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** So many tokens that, at any price, the cost is still counted exactly. */
export const tokens = z.number().int().min(0).max(1_000_000_000);
export const dollars = z.number().min(0).max(MAX_USD);
/** Free JSON, untouched: a schema that walks it would lose keys such as `__proto__`. Its depth and numbers are checked before. */
export const freeJson = z.custom<unknown>((value) => value !== undefined, 'is missing');
export const idempotencyKey = words(200);
export const agentId = words(128);
export const reason = z.strictObject({ reason: text(1_000).default('no reason given') });
export const nothing = z.strictObject({});

const milliseconds = (most: number, parse: (value: string) => number | null, whyNot: string) =>
  text(most).transform((value, ctx): number => {
    const ms = parse(value);
    if (ms !== null) return ms;
    ctx.addIssue({ code: 'custom', message: whyNot });
    return z.NEVER;
  });

export const time = milliseconds(64, parseRfc3339, 'not an RFC 3339 time such as 2026-01-31T12:00:00Z');
export const duration = milliseconds(32, parseDurationMs, 'not a duration such as 30s');

/** A process by its number, and by what tells it from a later one with the same number. */
export const processId = (leastPid: number) =>
  z.strictObject({
    pid: z
      .number()
      .int()
      .min(leastPid)
      .max(2 ** 31),
    start_ticks: count,
    boot_id: words(64),
  });

/** `limit` in a query. */
export const limit = (usual: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'not a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(most))
    .default(usual);
