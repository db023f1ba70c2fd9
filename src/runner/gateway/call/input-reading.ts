// Under what the parts of a request are read: all of the request but the parts themselves and what never bears on the input. A field that is not
// known here may make whoever answers shorten the input, by how long or how much of it there is; then what was counted of one request says
// nothing of another, even of one with the same field.
import { isRecord, type JsonObject } from '../../../core/json-object.ts';

/** The fields of a request, by what they do to its input. */
export interface InputFields {
  readonly parts: readonly string[];
  /** Nothing, whatever they hold. */
  readonly harmless: ReadonlySet<string>;
  /** The same parts may cost other tokens under another value; none of them shortens anything. */
  readonly compared: ReadonlySet<string>;
}

/** The same text for two requests only where what was counted of one holds for the other; null where it holds for none. */
export function readingOf(request: JsonObject, fields: InputFields, beside: unknown): string | null {
  const rest = Object.entries(request).filter(
    ([name]) => !fields.parts.includes(name) && !fields.harmless.has(name),
  );
  if (!rest.every(([name]) => fields.compared.has(name))) return null;
  return JSON.stringify([beside, Object.fromEntries(rest)], inOrder);
}

/** In whatever order a client writes its fields. */
function inOrder(_name: string, value: unknown): unknown {
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}
