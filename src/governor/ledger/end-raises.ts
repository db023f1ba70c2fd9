// A raise ends with the limit that it raised: once other rules are in force it would come back when they are undone.
import { type Cap, capName } from '../../core/ledger/caps.ts';
import type { Rules } from '../../core/rules/rules.ts';
import { readEveryCapRaise } from '../../store/read/history.ts';
import { deleteCapRaise } from '../../store/write/ledger.ts';
import type { Transaction } from '../transaction.ts';
import { agentScope, groupScope, PROJECT_SCOPE } from './spend-scope.ts';

/** Called when other rules were put in force. What was said for one run, and raised, is none of theirs. */
export function endRaises(tx: Transaction): void {
  const raises = readEveryCapRaise(tx.store).filter(({ scope }) => !scope.startsWith('run:'));
  if (raises.length === 0) return;
  const caps = capsByScope(tx.rules);
  for (const { scope, cap, from } of raises) {
    const now = caps.get(scope)?.find((each) => capName(each) === cap);
    if (now?.limit !== from) deleteCapRaise(tx.store, scope, cap);
  }
}

function capsByScope({ agents, groups, projectBudget }: Rules): ReadonlyMap<string, readonly Cap[]> {
  return new Map([
    [PROJECT_SCOPE, projectBudget.caps],
    ...[...agents].map(([id, { budget }]) => [agentScope(id), budget.caps] as const),
    ...[...groups].map(([name, { caps }]) => [groupScope(name), caps] as const),
  ]);
}
