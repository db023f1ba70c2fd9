// Which batch of its group a run belongs to. Runs of a group that follow one another closely are one batch, and the group's `run` caps hold
// for all of it: a script that starts them one after the other shares them as one that starts them at once does.
import type { Store } from '../../store/open.ts';
import { isBatchOn, readNewestBatch } from '../../store/read/runs.ts';
import type { RunGroup } from '../ledger/spend-scope.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';

/** A batch is over when none of its runs has lived for so long. */
const BATCH_GAP_MS = 3_600_000;

export function joinGroup(store: Store, name: string, runId: string, nowMs: number): RunGroup {
  const newest = readNewestBatch(store, name);
  const goesOn = newest !== null && isBatchOn(store, newest, nowMs - BATCH_GAP_MS);
  return { name, batch: goesOn ? newest : runId };
}

export function noGroup(tx: Transaction, name: string): Refused {
  const known = [...tx.rules.groups.keys()].sort().join(', ') || 'none';
  return refused(
    'unknown_group',
    `there is no accepted group ${name}`,
    `groups: ${known}; a new one is a table [groups.${name}] in governed.toml, then \`governed-agents accept\``,
  );
}
