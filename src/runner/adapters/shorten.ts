// One line of what may be long.
const LONGEST_CHARS = 300;

export function shorten(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ').trim();
  return flat.length <= LONGEST_CHARS ? flat : `${flat.slice(0, LONGEST_CHARS)}…`;
}
