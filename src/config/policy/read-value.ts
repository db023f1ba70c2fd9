// Reads one value that a schema field describes, and reports it where it is wrong.
import type { z } from 'zod';
import type { KeyPath } from '../toml/key-locator.ts';
import type { Reading } from './policy-problem.ts';

export function readValue<S extends z.ZodType>(
  schema: S,
  value: unknown,
  path: KeyPath,
  { report }: Reading,
): z.output<S> | null {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const params = issue.code === 'custom' ? issue.params : undefined;
    const hint: unknown = params?.['hint'];
    report({ path, message: issue.message, hint: typeof hint === 'string' ? hint : 'see the documentation' });
  }
  return null;
}
