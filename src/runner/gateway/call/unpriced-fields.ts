// Fields of a request that would change its price, or add calls or content that the request itself does not bound.
import type { JsonObject } from '../../../core/json-object.ts';

/** By the name of a field, the values that change nothing; none where any would. */
export type UnpricedFields = Readonly<Record<string, readonly unknown[]>>;

/** Null when nothing in it does. */
export function whyUnpriced(request: JsonObject, fields: UnpricedFields): string | null {
  for (const [name, fine] of Object.entries(fields)) {
    const value = Object.hasOwn(request, name) ? request[name] : undefined;
    if (value === undefined || value === null || fine.some((one) => isSame(one, value))) continue;
    const instead = fine.length === 0 ? 'leave it out' : `leave it out, or say ${JSON.stringify(fine[0])}`;
    return `${name}: has a cost that the request does not bound (${instead})`;
  }
  const management = request['context_management'];
  if (management !== undefined && JSON.stringify(management).includes('"compact')) {
    return 'context_management: compaction adds calls of its own';
  }
  return null;
}

/** Of a plain value, or a list of plain values. */
function isSame(fine: unknown, value: unknown): boolean {
  if (!Array.isArray(fine) || !Array.isArray(value)) return fine === value;
  return fine.length === value.length && fine.every((one, at) => one === value[at]);
}

export function runsAtProvider(type: unknown): string {
  return `tools: ${JSON.stringify(type)} runs at the provider, and what it costs is not bounded by the request`;
}
