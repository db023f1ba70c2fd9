// Looks up how much of a window is used, for the rules: actions from their own short table, money from the buckets of the ledger.
import { BUCKET_MS, bucketOf } from '../../core/ledger/window.ts';
import type { UsageWindow, WindowUse } from '../../core/policy/usage-window.ts';
import { readRecentActions } from '../../store/read/counted-actions.ts';
import { readBalance, readBuckets } from '../../store/read/ledger.ts';
import { insertCountedAction } from '../../store/write/counted-actions.ts';
import { agentScope, PROJECT_SCOPE } from '../ledger/spend-scope.ts';
import type { DecisionView } from './decision-view.ts';

/** Null for a window of an agent when no agent acts. */
export function windowUse(
  view: DecisionView,
  window: UsageWindow,
  agentId: string | null,
  allowed: number,
): WindowUse | null {
  if (window.by === 'agent' && agentId === null) return null;
  const who = window.by === 'agent' ? agentId : null;
  return window.measure === 'actions'
    ? actionsUsed(view, window, who, allowed)
    : moneyUsed(view, window, who, allowed);
}

/** Counts an action that was not denied, while a rule in force has a rate. */
export function countAction(view: DecisionView, agentId: string | null, action: string): void {
  const longestMs = view.rules.policy.rules.longestRateMs;
  if (longestMs === 0) return;
  insertCountedAction(view.store, { atMs: view.nowMs, agentId, action }, view.nowMs - longestMs);
}

function actionsUsed(
  view: DecisionView,
  window: UsageWindow,
  agentId: string | null,
  allowed: number,
): WindowUse {
  const recent = readRecentActions(view.store, {
    agentId,
    actions: window.actions,
    sinceMs: view.nowMs - window.perMs,
    limit: allowed + 1,
  });
  // When the oldest of one too many leaves the window, one more fits.
  const fallsAtMs =
    recent.count > allowed && recent.oldestMs !== null ? recent.oldestMs + window.perMs : null;
  return { used: recent.count, fallsAtMs };
}

function moneyUsed(
  view: DecisionView,
  window: UsageWindow,
  agentId: string | null,
  allowed: number,
): WindowUse {
  const scope = agentId === null ? PROJECT_SCOPE : agentScope(agentId);
  const buckets = readBuckets(view.store, scope, bucketOf(view.nowMs - window.perMs));
  let used = readBalance(view.store, scope).reserved_usd;
  for (const { usd } of buckets) used += usd;
  let left = used;
  for (const { bucket, usd } of buckets) {
    if (left <= allowed) break;
    left -= usd;
    if (left <= allowed) return { used, fallsAtMs: (bucket + 1) * BUCKET_MS + window.perMs };
  }
  return { used, fallsAtMs: null };
}
