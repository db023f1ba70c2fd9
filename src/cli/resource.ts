// Reads what the server would answer to a GET: from the server, or, when there is none, from the store by the same code.
import { bodyOf, clientOf } from './client.ts';
import { type Output, warn } from './output.ts';
import type { Project } from './project.ts';

export interface Resource<T> {
  readonly value: T;
  readonly from: 'server' | 'store';
}

const SERVER_LIMIT_MS = 3_000;
/** Who was told already: a command that reads several times says it once. */
const told = new WeakSet<Output>();

/** Says on stderr when the store was read. `path` as in the HTTP contract, with its query. */
export async function readResource<T>(project: Project, output: Output, path: string): Promise<Resource<T>> {
  const answer = await clientOf(project).get(path, SERVER_LIMIT_MS);
  if (answer.result !== 'unreachable') return { value: bodyOf(answer) as T, from: 'server' };
  const { readFromStore } = await import('./offline.ts');
  const value = await readFromStore(project, path);
  if (!told.has(output)) warn(output, `${answer.reason}: read from the store instead`);
  told.add(output);
  return { value: value as T, from: 'store' };
}

export function query(params: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) given.set(name, String(value));
  }
  const text = given.toString();
  return text === '' ? '' : `?${text}`;
}
