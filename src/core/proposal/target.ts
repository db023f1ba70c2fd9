// Whether two payloads of one action type act on the same thing. What one of them does not name it may still mean, so only a value
// that both name and that differs tells them apart: leaving a field out, or adding one, makes no other target.

/** Fields that name what is acted on, in proposals and in the inputs of tools. */
const TARGET_FIELDS = [
  'resource',
  'target',
  'to',
  'recipient',
  'recipients',
  'url',
  'path',
  'file_path',
  'notebook_path',
  'command',
  'repository',
  'repo',
  'branch',
  'host',
  'channel',
  'account',
  'customer',
  'service',
  'environment',
] as const;

export function isSameTarget(a: unknown, b: unknown): boolean {
  const [one, other] = [targetOf(a), targetOf(b)];
  for (const [field, value] of one) {
    const against = other.get(field);
    if (against !== undefined && against !== value) return false;
  }
  return true;
}

function targetOf(payload: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (typeof payload !== 'object' || payload === null) return found;
  for (const field of TARGET_FIELDS) {
    if (!Object.hasOwn(payload, field)) continue;
    const text = textOf(Reflect.get(payload, field));
    if (text !== null) found.set(field, text);
  }
  return found;
}

/** Case, blanks and the order of a list make no other target. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
  if (typeof value === 'number') return String(value);
  if (!Array.isArray(value)) return null;
  const texts = value.map(textOf);
  return texts.includes(null) || texts.length === 0 ? null : [...new Set(texts)].sort().join(', ');
}
