// Every text and number of a JSON value, names of fields too, one on a line, so that what is split over a structure is not joined by
// accident. It walks with a list of its own: no depth of nesting can exhaust the stack.

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const lines: string[] = [];
  const left: unknown[] = [value];
  while (left.length > 0) {
    const each = left.pop();
    if (typeof each === 'string') lines.push(each);
    else if (typeof each === 'number') lines.push(String(each));
    else if (Array.isArray(each)) for (const item of each) left.push(item);
    else if (typeof each === 'object' && each !== null) {
      for (const [name, inner] of Object.entries(each)) left.push(inner, name);
    }
  }
  return lines.join('\n');
}
