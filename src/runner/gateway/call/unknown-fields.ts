// Whether a request holds a field that nobody here knows. It may add calls, content or a dearer price, so it is refused until the operator says
// that it costs nothing: in a list of what is bad, the next thing that a provider thinks of is missing.
import type { JsonObject } from '../../../core/json-object.ts';
import type { InputFields } from './input-reading.ts';
import type { UnpricedFields } from './unpriced-fields.ts';

/** By what they do to the input; by what they may not say; and those of which nothing but the names is known. */
export type KnownFields = readonly [InputFields, UnpricedFields, ...ReadonlySet<string>[]];

/** A name is known by its very letters: who reads names without regard to case reads another field. Null: all are known. */
export function whyUnknown(request: JsonObject, [input, unpriced, ...free]: KnownFields): string | null {
  const { parts, harmless, compared } = input;
  const unknown = Object.keys(request).find(
    (name) =>
      request[name] !== null &&
      !parts.includes(name) &&
      ![harmless, compared, ...free].some((names) => names.has(name)) &&
      !Object.hasOwn(unpriced, name),
  );
  if (unknown === undefined) return null;
  return `${JSON.stringify(unknown)}: is not known here, so what it costs is not either (where it costs nothing, the operator names it in [requests] free_fields of governed.toml)`;
}
