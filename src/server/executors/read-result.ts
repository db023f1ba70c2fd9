// What became of an action, from how its executor's program ended. `executed` and `failed` need a clear word of the program; whatever
// ended in another way may have acted, and is `unknown` until a person has looked, as is what the program itself says it can't tell.
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
  outcome: z.enum(['executed', 'failed', 'unknown']),
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
  if (typeof said === 'string') return unknown(`it exited with ${ended.exitCode} and ${said}`, about);
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

/** What is wrong with what it printed, when that is no result. */
function readReport(stdout: string): z.output<typeof report> | string {
  if (isTooDeep(Buffer.from(stdout))) return 'printed a result that is nested too deep';
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return stdout.trim() === '' ? 'printed no result' : 'printed no valid result: it is not one JSON value';
  }
  const parsed = report.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  return `printed no valid result: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'not valid'}`.slice(
    0,
    300,
  );
}
