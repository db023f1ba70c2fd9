// What the ready executors have in common: each takes the approved payload and what its operator allowed, and says what became of it.
// `failed` means that nothing was done; whoever can't tell says `unknown`.
import type * as z from 'zod';

export interface ActionContext {
  /** The same at every attempt for one approval. */
  readonly idempotencyKey: string;
  /** Absolute. */
  readonly projectDir: string;
  /** How long it may take before it is killed. */
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ActionReport {
  readonly outcome: 'executed' | 'failed' | 'unknown';
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Nothing was done. */
export function failed(reason: string, more: Readonly<Record<string, unknown>> = {}): ActionReport {
  return { outcome: 'failed', detail: { reason, ...more } };
}

/** The payload as the action takes it, or why it takes none such. */
export function readPayload<S extends z.ZodType>(
  schema: S,
  payload: unknown,
): { readonly ok: true; readonly value: z.output<S> } | { readonly ok: false; readonly why: ActionReport } {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  const where = field === '' ? 'the payload' : `payload.${field}`;
  return { ok: false, why: failed(`${where}: ${issue?.message ?? 'not valid'}`) };
}
