// What a person typed about a proposal and has not sent: looking at another one, a step back or an answer that came first never takes it away.

export interface Draft {
  readonly note: string;
  /** An edited payload as text; null when none was begun. */
  readonly edit: string | null;
}

export interface Drafts {
  readonly of: (proposalId: string) => Draft;
  readonly keep: (proposalId: string, change: Partial<Draft>) => void;
  readonly drop: (proposalId: string) => void;
}

const NOTHING: Draft = { note: '', edit: null };
/** More than anybody has open at once. */
const MOST = 200;

export function createDrafts(): Drafts {
  const drafts = new Map<string, Draft>();
  return {
    of: (proposalId) => drafts.get(proposalId) ?? NOTHING,
    keep(proposalId, change) {
      const draft = { ...(drafts.get(proposalId) ?? NOTHING), ...change };
      drafts.delete(proposalId);
      if (draft.note !== '' || draft.edit !== null) drafts.set(proposalId, draft);
      const [oldest] = drafts.keys();
      if (drafts.size > MOST && oldest !== undefined) drafts.delete(oldest);
    },
    drop: (proposalId) => void drafts.delete(proposalId),
  };
}
