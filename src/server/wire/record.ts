// The JSON shapes of the record, the scoreboard and the state of things as they travel over HTTP.
import type { Tier } from './proposal.ts';

export interface WireEvent {
  readonly v: number;
  readonly seq: number;
  readonly ts: string;
  readonly host_id: string;
  readonly event_type: string;
  readonly actor: { readonly kind: string; readonly id: string | null };
  readonly agent_id: string | null;
  readonly run_id: string | null;
  readonly proposal_id: string | null;
  readonly tier: Tier | null;
  readonly policy_hash: string | null;
  readonly payload_hash: string;
  readonly payload: unknown;
  readonly prev_hash: string;
  readonly hash: string;
}

export interface WireHead {
  readonly v: 1;
  readonly project_id: string;
  readonly host_id: string;
  readonly seq: number;
  readonly hash: string;
  readonly ts: string;
  readonly public_key: string;
  readonly signature: string;
}

export type AgentStatus = 'ok' | 'warning' | 'paused' | 'killed';
export type RunStatus =
  | 'starting'
  | 'running'
  | 'held'
  | 'paused'
  | 'succeeded'
  | 'failed'
  | 'timed_out'
  | 'over_budget'
  | 'killed'
  | 'lost';

export interface WireBudgetTier {
  /** call, run, hour, day, month or total. */
  readonly tier: string;
  readonly unit: 'usd' | 'tokens' | 'llm_calls' | 'tool_calls';
  /** What the cap holds for: run, group (its `run` caps for a batch of its runs), agent or project. */
  readonly scope: string;
  /** Whose [budget] it stands in; `run`: it was said when the run was started. */
  readonly owner: string;
  /** Micro-dollars when unit is usd, a count otherwise. */
  readonly cap: number;
  readonly posted: number;
  readonly reserved: number;
  readonly remaining: number;
  readonly remaining_pct: number;
  /** An operator raised it, from what the rules (or the start of the run) said, and until when. */
  readonly raised?: {
    readonly from: number;
    readonly at: string;
    /** rules: others with another limit are accepted. run: the run ends. */
    readonly until: 'rules' | 'run';
  };
}

export interface WireBudget {
  readonly agent_id: string;
  readonly status: AgentStatus;
  readonly tokens_consumed: number;
  readonly tokens_cap: number | null;
  readonly usd_consumed: number;
  readonly usd_cap: number | null;
  readonly spent_micro_usd: number;
  readonly cap_micro_usd: number | null;
  readonly reserved_micro_usd: number;
  readonly remaining_pct: number | null;
  readonly dollars_consumed: number;
  readonly dollars_cap: number | null;
  readonly tiers: readonly WireBudgetTier[];
}

/** What holds for each run by itself; a run that asks is told with its tiers. */
export interface WireRunBudgets {
  /** What every new run begins with. */
  readonly each_run: readonly WireBudgetTier[];
  /** The oldest first, at most fifty. */
  readonly live_runs: readonly {
    readonly run_id: string;
    readonly task: string | null;
    readonly tiers: readonly WireBudgetTier[];
  }[];
}

/** Runs that share the caps of [groups.<group>]. */
export interface WireGroup {
  readonly group: string;
  readonly runs_live: number;
  readonly spent_micro_usd: number;
  readonly usd_consumed: number;
  readonly reserved_micro_usd: number;
  readonly tiers: readonly WireBudgetTier[];
}

export interface WireRun {
  readonly run_id: string;
  readonly agent_id: string;
  readonly task: string | null;
  readonly group: string | null;
  readonly status: RunStatus;
  readonly end_reason: string | null;
  readonly tier: Tier;
  /** Why it is no more than advisory; null when confined. */
  readonly tier_reason: string | null;
  readonly agent_version: string;
  readonly paused_reason: string | null;
  /** Who paused it: cap, operator, watchdog, supervisor or, together with its agent, agent. */
  readonly pause_source: string | null;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly exit_code: number | null;
  readonly spent_micro_usd: number;
  readonly spent_usd: number;
  readonly reserved_micro_usd: number;
  /** The most that this run alone may spend; null without such a cap, and of one that has ended. */
  readonly cap_micro_usd: number | null;
  readonly cap_usd: number | null;
  readonly tokens: number;
  readonly llm_calls: number;
  readonly tool_calls: number;
  readonly supervised: boolean;
  /** The login that its model calls go out with is the agent's own, and the agent has it. */
  readonly key_in_agent: boolean;
  /** What it spent is counted at list price; nobody is billed it by the call. */
  readonly notional: boolean;
}

export interface WireScoreboardRow {
  readonly agent_id: string;
  /** What its rules say that it is for: `[profile] purpose`. */
  readonly purpose: string | null;
  readonly status: AgentStatus;
  readonly paused_reason: string | null;
  readonly pause_source: string | null;
  /** Of its newest run, and why that is no more than advisory. */
  readonly tier: Tier | null;
  readonly tier_reason: string | null;
  /** As its rules are today: its model calls go out with a login of its own, and what they cost is notional. */
  readonly key_in_agent: boolean;
  readonly usd_consumed: number;
  readonly spent_micro_usd: number;
  readonly reserved_micro_usd: number;
  readonly usd_cap: number | null;
  readonly cap_tier: string | null;
  /** The most that one run of it may spend: each run, by the rules, else the newest one, by what was said when it was started. */
  readonly run_cap_micro_usd: number | null;
  readonly run_cap_of: 'each_run' | 'newest_run' | null;
  readonly tokens_consumed: number;
  /** So far, whatever the caps count. */
  readonly tokens: number;
  readonly remaining_pct: number | null;
  readonly llm_calls: number;
  readonly tool_calls: number;
  readonly runs: number;
  readonly runs_live: number;
  /** Of those that live, how many stand paused, each by itself or with its agent. */
  readonly runs_paused: number;
  /** The newest of them that was paused by itself. */
  readonly paused_run: {
    readonly run_id: string;
    readonly paused_reason: string | null;
    readonly pause_source: string | null;
  } | null;
  readonly proposals: number;
  readonly proposals_pending: number;
  /** Their outcome is not known: a person finds out. */
  readonly proposals_unknown: number;
  readonly proposals_approved: number;
  readonly proposals_refused: number;
  readonly pauses: number;
  readonly flags: number;
}

export interface WireScoreboard {
  readonly items: readonly WireScoreboardRow[];
  readonly project: {
    readonly project_id: string;
    readonly spent_micro_usd: number;
    readonly usd_consumed: number;
    readonly reserved_micro_usd: number;
    readonly tiers: readonly WireBudgetTier[];
  };
  readonly groups: readonly WireGroup[];
  readonly as_of: string;
}

/** A mistake in a governing file. */
export interface WireRulesProblem {
  readonly code: string;
  /** With the place where it stands, when there is one. */
  readonly detail: string;
  readonly path: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly hint: string | null;
}

export interface WireStatus {
  readonly version: string;
  readonly project_id: string;
  readonly project_dir: string;
  readonly state_dir: string;
  readonly server: {
    readonly up: boolean;
    readonly pid: number | null;
    readonly port: number | null;
    readonly started_at: string | null;
  };
  readonly watchdog: { readonly alive: boolean; readonly pid: number | null; readonly age_ms: number | null };
  readonly kill_switch: {
    readonly on: boolean;
    readonly reason: string | null;
    readonly since: string | null;
  };
  readonly rules: {
    readonly hash: string | null;
    readonly accepted_at: string | null;
    /** Governing files whose content differs from what is in force. */
    readonly changed: readonly string[];
    /** Why they could not be accepted as they are; empty when they could. */
    readonly problems: readonly WireRulesProblem[];
  };
  readonly mirror: { readonly ok: boolean; readonly lag: number; readonly problem: string | null };
  /** What the newest try to escape from a jail found on this machine; null before the first run. */
  readonly confinement: {
    readonly tier: Tier;
    readonly attempts: number;
    readonly why: string | null;
    readonly hint: string | null;
    readonly tried_at: string;
  } | null;
  readonly record: { readonly seq: number; readonly hash: string };
  readonly counts: {
    readonly agents: number;
    readonly agents_paused: number;
    readonly runs_live: number;
    /** Of those that live, how many are not confined. */
    readonly runs_live_advisory: number;
    /** Of those that live, how many were paused, each by itself or with its agent. */
    readonly runs_paused: number;
    readonly runs_total: number;
    readonly proposals_pending: number;
    readonly proposals_unknown: number;
    readonly flags: number;
  };
  readonly groups: readonly WireGroup[];
  readonly warnings: readonly string[];
  readonly as_of: string;
}
