// Caps and what stands against them, as they travel. The headline of an agent is its tightest lasting cap in dollars (and in tokens):
// consumed and cap are of the same period; without such a cap, consumed is everything so far.
import { type CapState, leftUnder } from '../../core/ledger/caps.ts';
import { toUsd } from '../../core/ledger/money.ts';
import { toRfc3339 } from '../../core/time.ts';
import { agentStatus } from '../../governor/ledger/agent-status.ts';
import type { CapView } from '../../governor/ledger/cap-states.ts';
import { agentScope, groupScope, scopeOfRun } from '../../governor/ledger/spend-scope.ts';
import { type BalanceRow, readBalance } from '../../store/read/ledger.ts';
import { countLiveRunsOfGroup, type RunRow, readNewestBatch } from '../../store/read/runs.ts';
import type { WireBudget, WireBudgetTier, WireGroup } from '../wire/record.ts';

export interface AgentBudget {
  readonly wire: WireBudget;
  readonly balance: BalanceRow;
  readonly headline: CapState | null;
}

export function agentBudget(caps: CapView, agentId: string, run: RunRow | null = null): AgentBudget {
  const spend =
    run === null ? { agentId, runId: null, runUsdCap: null, group: null } : { ...scopeOfRun(run), agentId };
  const states = caps.of(spend);
  const own = states.filter((state) => state.scope === 'agent');
  const headline = tightest(own, 'usd');
  const tokens = tightest(own, 'tokens');
  const balance = readBalance(caps.store, agentScope(agentId));
  const spent = headline?.posted ?? balance.posted_usd;
  const consumed = toUsd(spent);
  const cap = headline === null ? null : toUsd(headline.cap.limit);
  const wire: WireBudget = {
    agent_id: agentId,
    status: agentStatus(caps, agentId),
    tokens_consumed: tokens?.posted ?? balance.posted_tokens,
    tokens_cap: tokens?.cap.limit ?? null,
    usd_consumed: consumed,
    usd_cap: cap,
    spent_micro_usd: spent,
    cap_micro_usd: headline?.cap.limit ?? null,
    reserved_micro_usd: balance.reserved_usd,
    remaining_pct: headline === null ? null : remainingPct(headline),
    dollars_consumed: consumed,
    dollars_cap: cap,
    tiers: states.map(presentTier),
  };
  return { wire, balance, headline };
}

/** Only what outlives runs. */
export function projectTiers(caps: CapView): WireBudgetTier[] {
  return caps.ofProject().map(presentTier);
}

/** Each with its newest batch, whose runs may be over. */
export function presentGroups(caps: CapView): WireGroup[] {
  const { store, rules } = caps;
  if (rules === null) return [];
  return [...rules.groups.keys()].sort().map((name) => {
    const batch = readNewestBatch(store, name);
    const balance = readBalance(store, groupScope(name));
    return {
      group: name,
      runs_live: countLiveRunsOfGroup(store, name),
      spent_micro_usd: balance.posted_usd,
      usd_consumed: toUsd(balance.posted_usd),
      reserved_micro_usd: balance.reserved_usd,
      tiers: caps.ofGroup({ name, batch }).map(presentTier),
    };
  });
}

function tightest(states: readonly CapState[], unit: CapState['cap']['unit']): CapState | null {
  const ofUnit = states.filter((state) => state.cap.unit === unit);
  return ofUnit.reduce<CapState | null>(
    (least, state) => (least === null || remainingPct(state) < remainingPct(least) ? state : least),
    null,
  );
}

export function presentTier(state: CapState): WireBudgetTier {
  const { raised } = state.cap;
  const until = state.owner === 'run' ? 'run' : 'rules';
  return {
    tier: state.cap.period,
    unit: state.cap.unit,
    scope: state.scope,
    owner: state.owner,
    cap: state.cap.limit,
    posted: state.posted,
    reserved: state.reserved,
    remaining: leftUnder(state),
    remaining_pct: remainingPct(state),
    ...(raised === undefined ? {} : { raised: { from: raised.from, at: toRfc3339(raised.atMs), until } }),
  };
}

/** With one decimal, rounded down: 0.0 is said only of a cap with next to nothing left. */
function remainingPct(state: CapState): number {
  if (state.cap.limit === 0) return 0;
  return Math.floor((leftUnder(state) / state.cap.limit) * 1_000) / 10;
}
