// The full id for the beginning of one; when it fits none or several, the error says which there are.
import { InputError } from '../core/fault.ts';
import { isId } from '../core/id.ts';
import {
  findGrantIds,
  findGrants,
  findProposalIds,
  findProposals,
  findRunIds,
  findRuns,
  type Store,
} from '../store/entry.ts';
import type { Project } from './project.ts';
import { openForReading } from './state.ts';

const LISTED = 8;

export function findRunId(project: Project, word: string): string {
  return find(project, word, {
    prefix: 'run',
    what: 'run',
    starting: (store) => findRunIds(store, word, LISTED),
    newest: (store) => findRuns(store, { limit: LISTED }).map(({ id }) => id),
    seeAll: '`governed-agents runs`',
  });
}

export function findProposalId(project: Project, word: string): string {
  return find(project, word, {
    prefix: 'prp',
    what: 'proposal',
    starting: (store) => findProposalIds(store, word, LISTED),
    newest: (store) => findProposals(store, { order: 'newest', limit: LISTED }).map(({ id }) => id),
    seeAll: '`governed-agents proposals`',
  });
}

export function findGrantId(project: Project, word: string): string {
  return find(project, word, {
    prefix: 'gnt',
    what: 'grant',
    starting: (store) => findGrantIds(store, word, LISTED),
    newest: (store) => findGrants(store, { limit: LISTED }).map(({ id }) => id),
    seeAll: '`governed-agents grants`',
  });
}

interface Kind {
  readonly prefix: 'run' | 'prp' | 'gnt';
  readonly what: string;
  readonly starting: (store: Store) => readonly string[];
  readonly newest: (store: Store) => readonly string[];
  readonly seeAll: string;
}

function find(project: Project, word: string, kind: Kind): string {
  if (isId(kind.prefix, word)) return word;
  const store = openForReading(project);
  try {
    const found = kind.starting(store);
    const [only, second] = found;
    if (only !== undefined && second === undefined) return only;
    if (only !== undefined) {
      throw new InputError({
        code: 'ambiguous',
        message: `${JSON.stringify(word)} is the beginning of ${found.length >= LISTED ? 'many' : found.length} ${kind.what}s: ${found.join(', ')}`,
        hint: 'write more of it',
      });
    }
    const newest = kind.newest(store);
    throw new InputError({
      code: 'not_found',
      message: `there is no ${kind.what} ${JSON.stringify(word)}`,
      hint:
        newest.length === 0
          ? `there is none yet; see ${kind.seeAll}`
          : `the newest are ${newest.join(', ')}; see ${kind.seeAll}`,
    });
  } finally {
    store.close();
  }
}
