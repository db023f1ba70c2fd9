// The JSON shapes between a run's runner and the server: registration, the control stream, reservations.
import type { Tier } from './proposal.ts';
import type { RunStatus } from './record.ts';

export interface WireRegisterRun {
  readonly agent_id: string;
  readonly task?: string;
  /** Replaces the task file's text. */
  readonly prompt?: string;
  readonly budget_usd?: number;
  /** Whose caps it shares. */
  readonly group?: string;
  /** Instead of the agent's own; only for an agent with any_command. */
  readonly command?: readonly string[];
  /** The strongest that this machine gives; the agent's rules may do without. */
  readonly tier: Tier;
  /** What the tier was found out by; without it, it is the runner's bare word. */
  readonly confinement?: WireConfinement;
  readonly runner: WireProcess;
  /** Says that this run starts without a live watchdog; recorded. */
  readonly no_watchdog?: boolean;
}

/** What the runner's self-test found here, before it asks for a run. */
export interface WireConfinement {
  /** Names the finding: the same as long as nothing has changed that it depends on; empty when no jail can be made at all. */
  readonly key: string;
  /** Attempts to escape, and those of them that were not held. */
  readonly attempts: number;
  readonly escapes: readonly string[];
  /** Why not confined, and what to do about it; null when confined. */
  readonly why: string | null;
  readonly hint: string | null;
}

/** A process named so that a reused pid is never taken for it: start ticks of /proc/PID/stat, and the boot id. */
export interface WireProcess {
  readonly pid: number;
  readonly start_ticks: number;
  readonly boot_id: string;
}

export interface WireRegisteredRun {
  readonly run_id: string;
  readonly run_secret: string;
  readonly agent_id: string;
  readonly agent_version: string;
  readonly rules_hash: string;
  /** What the run is held to: confined or not started. */
  readonly tier: Tier;
  /** Why it is advisory, in a sentence; null when confined. */
  readonly tier_reason: string | null;
  /** The run's folder in the state: transcript, socket, runner's heartbeat. */
  readonly run_dir: string;
  readonly launch: WireLaunch;
}

/** Everything of the accepted rules that the runner needs to start the agent. */
export interface WireLaunch {
  readonly adapter: 'command' | 'claude' | 'codex';
  readonly model: string | null;
  /** Whose login model calls go out with: a key that the gateway adds, or the agent's own. */
  readonly auth: 'key' | 'subscription';
  /** The tool lists in force when the run was registered; every call is judged by the server all the same. */
  readonly tools: WireTools;
  /** What one answer of the model should be limited to, in tokens, so that several calls fit under the caps. */
  readonly output_tokens: number | null;
  /** What the gateway limits one answer to, in requests that ask for more or say nothing; null: requests stay as they are. */
  readonly max_output_tokens?: number | null;
  /** Fields of requests to models that the operator knows to cost nothing. */
  readonly free_fields?: readonly string[];
  /** Program and arguments; an argument that names a file of the agent's folder is its accepted copy. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly workspace: string;
  /** The agent's own folder, and the accepted copy of it. */
  readonly agent_dir: string;
  readonly accepted_dir: string;
  /** Folders besides the workspace that it may write, as the rules name them. */
  readonly write: readonly string[];
  readonly system_prompt: string | null;
  readonly task_name: string | null;
  readonly task_text: string | null;
  readonly timeout_ms: number | null;
  readonly env_pass: readonly string[];
  readonly env_set: Record<string, string>;
  readonly providers: readonly WireProvider[];
}

export interface WireTools {
  readonly allow: readonly string[];
  readonly require_approval: readonly string[];
  readonly deny: readonly string[];
}

export interface WireProvider {
  readonly name: string;
  readonly base_url: string;
  /** Where calls go instead that bring a login of the provider's own subscription; left out where there is no such place. */
  readonly login_base_url?: string;
  readonly key:
    | { readonly env: string }
    | { readonly file: string }
    | { readonly command: readonly string[] }
    | null;
}

export type WireControl =
  | { readonly type: 'hello'; readonly run_id: string; readonly status: RunStatus }
  | { readonly type: 'pause'; readonly reason: string }
  | { readonly type: 'resume' }
  /** `status`: how the record has ended the run. */
  | { readonly type: 'kill'; readonly reason: string; readonly status?: RunStatus }
  | { readonly type: 'proposal'; readonly proposal_id: string; readonly status: string };

export interface WireReserve {
  readonly idempotency_key: string;
  readonly kind: 'llm';
  readonly provider: string;
  readonly model: string;
  /** Upper bounds, in tokens. */
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** The longest life of what the call may write to a cache; left out: an hour. */
  readonly cache_writes?: '5m' | '1h';
  /** Refuse what does not fit without stopping the run: a lower bound comes next. */
  readonly tentative?: boolean;
}

export type WireReserved =
  | {
      readonly result: 'reserved';
      readonly reservation_id: string;
      readonly reserved_micro_usd: number;
      /** The model has no price of its own, and the rules say to take the dearest. */
      readonly at_dearest_price?: true;
    }
  | {
      readonly result: 'refused';
      /** over_cap · open_reservations (may fit after some settle) · paused · killed · kill_switch · unpriced · model_not_allowed */
      readonly code: string;
      readonly detail: string;
      readonly hint: string;
      /** Micro-dollars left under the tightest cap, when a dollar cap refused. */
      readonly remaining_micro_usd: number | null;
      /** As above; of a call that did not fit under a cap. */
      readonly at_dearest_price?: true;
      /** Seconds until a rate allows it; absent when waiting alone is not enough. */
      readonly retry_after?: number;
    };

/** `usage: null` says that no trustworthy usage was seen: the whole reservation is booked. */
export interface WireSettle {
  readonly usage: {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly cache_read_tokens: number;
    readonly cache_write_5m_tokens: number;
    readonly cache_write_1h_tokens: number;
    /** The provider says so; left out, it cost what an ordinary call does. */
    readonly billed_as?: 'batch';
    /** The model that the provider says answered, where it is not the one that was asked for. */
    readonly answered_by?: string;
  } | null;
  readonly outcome: 'complete' | 'cut' | 'error';
}

export interface WireSettled {
  readonly reservation_id: string;
  readonly status: 'settled' | 'void';
  readonly posted_micro_usd: number;
  readonly posted_tokens: number;
  readonly stand_in?: WireStandIn;
}

/** A model without a price answered in the place of another, and is booked at no less than the price of that. */
export interface WireStandIn {
  readonly asked: string;
  readonly answered_by: string;
  /** As the rules say of models without a price. */
  readonly at_dearest_price?: true;
}
