// What another program says is a JSON object, or it is nothing.

export type JsonObject = Record<string, unknown>;

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Empty where it is no object. */
export function fieldsOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}

/** Undefined where it is no object, or has no such field of its own. */
export function fieldOf(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Empty where it is no string. "String" would throw for an object whose own `toString` is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Null when the text is not one whole JSON object. */
export function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
