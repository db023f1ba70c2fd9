// The full id for the beginning of one; when it fits none or several, the error says which there are.
import { InputError } from '../core/fault.ts';
import { isId } from '../core/id.ts';
import { findGrants, findIds, findProposals, findRuns, type Store } from '../store/entry.ts';
import type { Project } from './project.ts';
import { openForReading } from './state.ts';

const LISTED = 8;

export function findRunId(project: Project, word: string): string {
  return find(project, word, {
    prefix: 'run',
    what: 'run',
    newest: (store) => findRuns(store, { limit: LISTED }),
  });
}

export function findProposalId(project: Project, word: string): string {
  return find(project, word, {
    prefix: 'prp',
    what: 'proposal',
    newest: (store) => findProposals(store, { order: 'newest', limit: LISTED }),
  });
}

export function findGrantId(project: Project, word: string): string {
  return find(project, word, {
    prefix: 'gnt',
    what: 'grant',
    newest: (store) => findGrants(store, { limit: LISTED }),
  });
}

interface Kind {
  readonly prefix: 'run' | 'prp' | 'gnt';
  readonly what: 'run' | 'proposal' | 'grant';
  readonly newest: (store: Store) => readonly { readonly id: string }[];
}

function find(project: Project, word: string, kind: Kind): string {
  if (isId(kind.prefix, word)) return word;
  const all = `${kind.what}s` as const;
  const store = openForReading(project);
  try {
    const found = findIds(store, all, word, LISTED);
    const [only, second] = found;
    if (only !== undefined && second === undefined) return only;
    if (only !== undefined) {
      throw new InputError({
        code: 'ambiguous',
        message: `${JSON.stringify(word)} is the beginning of ${found.length >= LISTED ? 'many' : found.length} ${all}: ${found.join(', ')}`,
        hint: 'write more of it',
      });
    }
    const newest = kind.newest(store).map(({ id }) => id);
    const seeAll = `\`governed-agents ${all}\``;
    throw new InputError({
      code: 'not_found',
      message: `there is no ${kind.what} ${JSON.stringify(word)}`,
      hint:
        newest.length === 0
          ? `there is none yet; see ${seeAll}`
          : `the newest are ${newest.join(', ')}; see ${seeAll}`,
    });
  } finally {
    store.close();
  }
}
