// What became of an action, from how its executor's program ended. `executed` and `failed` need a clear word of the program; whatever
// ended in another way may have acted, and is `unknown` until a person has looked.
import * as z from 'zod';
import { fromUsd, MAX_USD } from '../../core/ledger/money.ts';
import type { ProgramResult } from '../../process/entry.ts';
import { isTooDeep } from '../guard/json-depth.ts';
import { freeJson } from '../wire-fields.ts';

export interface ExecutionEnd {
  readonly outcome: 'executed' | 'failed' | 'unknown';
  readonly detail: unknown;
  /** Micro-dollars. */
  readonly costUsd: number | null;
  /** What the program did wrong, when it did not keep to the form. */
  readonly fault: string | null;
}

const report = z.strictObject({
  outcome: z.enum(['executed', 'failed']),
  cost_usd: z.number().min(0).max(MAX_USD).optional(),
  detail: freeJson.optional(),
});

export function readResult(ended: ProgramResult): ExecutionEnd {
  if (ended.result === 'not_started') {
    return {
      outcome: 'failed',
      detail: { error: ended.fault.message },
      costUsd: null,
      fault: ended.fault.message,
    };
  }
  const about = { stderr: ended.stderrTail.slice(-2_000) };
  if (ended.result === 'timed_out') return unknown(`it was killed after ${ended.timeLimitMs} ms`, about);
  if (ended.result === 'output_too_large')
    return unknown(`it wrote more than ${ended.maxBytes} bytes`, about);
  if (ended.signal !== null) return unknown(`it was ended by ${ended.signal}`, about);
  const said = readReport(ended.stdout);
  if (said === null) return unknown(`it exited with ${ended.exitCode} and printed no valid result`, about);
  if (said.outcome === 'executed' && ended.exitCode !== 0)
    return unknown(`it said executed, but exited with ${ended.exitCode}`, about);
  return {
    outcome: said.outcome,
    detail: said.detail ?? null,
    costUsd: said.cost_usd === undefined ? null : fromUsd(said.cost_usd),
    fault: null,
  };
}

function unknown(fault: string, about: { readonly stderr: string }): ExecutionEnd {
  return { outcome: 'unknown', detail: { error: fault, ...about }, costUsd: null, fault };
}

function readReport(stdout: string): z.output<typeof report> | null {
  if (isTooDeep(Buffer.from(stdout))) return null;
  try {
    const parsed = report.safeParse(JSON.parse(stdout));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
