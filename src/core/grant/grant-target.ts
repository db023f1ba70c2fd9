// What a proposal acts on, as the resource of a grant would name it; null when that can't be taken over as it is, for a star in it
// would widen the grant.

const FIELDS_OF_CALL = ['command', 'url'] as const;
const PLAIN = /^[^*]{1,300}$/s;

export function grantTarget(actionType: string, payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const fields: readonly string[] = actionType.startsWith('tool:') ? FIELDS_OF_CALL : ['resource'];
  const field = fields.find((name) => Object.hasOwn(payload, name));
  const value: unknown = field === undefined ? undefined : Reflect.get(payload, field);
  return typeof value === 'string' && PLAIN.test(value) ? value : null;
}
