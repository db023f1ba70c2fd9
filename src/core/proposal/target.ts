// Whether a payload acts on what a rejected one of the same action type would have acted on. What one of them does not name it may still
// mean, so only a value that both name tells them apart: leaving a field out, adding one, or naming more beside the same makes no other
// target.

/** Fields that name what is acted on, in proposals and in the inputs of tools, and how one name of it is told from another. */
const TARGET_FIELDS = {
  resource: asPath,
  target: asText,
  to: asAddress,
  recipient: asAddress,
  recipients: asAddress,
  url: asUrl,
  path: asPath,
  file_path: asPath,
  notebook_path: asPath,
  command: asText,
  repository: asPath,
  repo: asPath,
  branch: asText,
  host: asText,
  channel: asText,
  account: asText,
  customer: asText,
  service: asText,
  environment: asText,
} as const satisfies Readonly<Record<string, Reading>>;

type Reading = (text: string) => string;
type TargetField = keyof typeof TARGET_FIELDS;
type Names = ReadonlySet<string>;

export function isVariant(rejected: unknown, proposed: unknown): boolean {
  const [before, now] = [targetOf(rejected), targetOf(proposed)];
  for (const [field, names] of before) {
    const named = now.get(field);
    if (named !== undefined && ![...names].every((name) => named.has(name))) return false;
  }
  return true;
}

function targetOf(payload: unknown): ReadonlyMap<TargetField, Names> {
  const found = new Map<TargetField, Names>();
  if (typeof payload !== 'object' || payload === null) return found;
  for (const field of Object.keys(TARGET_FIELDS) as TargetField[]) {
    if (!Object.hasOwn(payload, field)) continue;
    const names = namesIn(field, Reflect.get(payload, field));
    if (names !== null) found.set(field, names);
  }
  return found;
}

function namesIn(field: TargetField, value: unknown): Names | null {
  if (typeof value === 'number') return new Set([String(value)]);
  if (typeof value === 'string') {
    const text = asText(value.normalize('NFKC'));
    const parts = TARGET_FIELDS[field] === asAddress ? text.split(/[,;]/) : [text];
    return new Set(parts.map(TARGET_FIELDS[field]).filter((name, _, all) => name !== '' || all.length === 1));
  }
  if (!Array.isArray(value) || value.length === 0) return null;
  const all = value.map((each) => namesIn(field, each));
  const known = all.filter((each) => each !== null);
  return known.length < all.length ? null : new Set(known.flatMap((each) => [...each]));
}

/** Case and blanks make no other target. */
function asText(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}

/** "Ada <ada@example.org>" is ada@example.org. */
function asAddress(text: string): string {
  return asText(/<([^<>]+)>\s*$/.exec(text)?.[1] ?? text);
}

/** "./a//b/../c" is "a/c". */
function asPath(text: string): string {
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `${text.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

/** As it would be asked for; what stands behind # is not sent. */
function asUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  url.hash = '';
  return url.href;
}
