// The rules in force, typed and validated: what the operator last accepted of governed.toml, policy.toml and agents/.
// `config` makes them out of files; everything that decides takes them as an argument.
import type { BudgetRules } from '../ledger/caps.ts';
import type { PriceTable } from '../ledger/price.ts';
import type { PolicyRules } from '../policy/policy-rules.ts';
import type { AutonomyOverride } from '../policy/risk-profile.ts';
import type { WatchRules } from '../watch/watch-rules.ts';
import type { ExecutorRules, NotifyRules } from './program-rules.ts';

export type Risk = 'low' | 'medium' | 'high' | 'critical';

export interface Rules {
  /** SHA-256 over path and content hash of every governing file: the policy hash of each event. */
  readonly hash: string;
  readonly projectId: string;
  readonly timezone: string;
  readonly port: number;
  readonly policy: PolicyRules;
  readonly projectBudget: BudgetRules;
  /** Caps that runs started with `--group` share, by the group's name. */
  readonly groups: ReadonlyMap<string, BudgetRules>;
  readonly prices: PriceTable;
  readonly concurrentRuns: number;
  readonly watch: WatchRules;
  readonly includeContent: boolean;
  readonly agents: ReadonlyMap<string, AgentRules>;
  /** By action type. */
  readonly executors: ReadonlyMap<string, ExecutorRules>;
  readonly providers: ReadonlyMap<string, ProviderRules>;
  /** Fields of requests to models that are not known here, and that the operator knows to cost nothing. */
  readonly freeFields: readonly string[];
  readonly notify: NotifyRules | null;
}

/** How the runner drives an agent: any program, or an agent CLI whose tool calls it gates. */
export type Adapter = 'command' | 'claude' | 'codex';

export interface AgentRules {
  readonly id: string;
  /** SHA-256 over the agent's governing files: `agent_version`. */
  readonly version: string;
  readonly adapter: Adapter;
  /** What is started; for an agent CLI the CLI itself, to which its adapter adds what governs it. */
  readonly command: readonly string[];
  /** Each run may bring a command of its own, as `exec` does; it is recorded with the run. */
  readonly anyCommand: boolean;
  readonly model: string | null;
  /** Whose login its model calls go out with: a key that the runner holds, or the agent CLI's own. */
  readonly auth: 'key' | 'subscription';
  /** Glob patterns of models it may ask for; empty: any that has a price. */
  readonly models: readonly string[];
  /** What one answer is limited to, in tokens, by writing it into requests that ask for more or say nothing; null: requests stay as they are. */
  readonly maxOutputTokens: number | null;
  readonly risk: Risk;
  /** Relative to the agent's folder, or absolute: then that folder is its workspace. */
  readonly cwd: string;
  readonly concurrent: number;
  readonly tools: ToolRules;
  readonly budget: BudgetRules;
  readonly limits: LimitRules;
  readonly confine: ConfineRules;
  readonly env: { readonly pass: readonly string[]; readonly set: Readonly<Record<string, string>> };
  /** What differs from the profile of its risk. */
  readonly may: AutonomyOverride;
  readonly labels: Readonly<Record<string, string>>;
  readonly purpose: string | null;
  readonly systemPrompt: string | null;
  /** Task name to its text and own limits. */
  readonly tasks: ReadonlyMap<string, TaskRules>;
}

export interface TaskRules {
  readonly name: string;
  readonly text: string;
  readonly budgetUsd: number | null;
  readonly timeoutMs: number | null;
  readonly model: string | null;
}

export interface ToolRules {
  readonly allow: readonly string[];
  readonly requireApproval: readonly string[];
  readonly deny: readonly string[];
}

export interface LimitRules {
  readonly timeoutMs: number | null;
  readonly iterations: number | null;
  readonly errors: number | null;
  readonly silenceMs: number | null;
}

export interface ConfineRules {
  readonly mode: 'auto' | 'required' | 'off';
  /** Folders that a run may write besides its workspace: absolute, or from the project's folder. */
  readonly write: readonly string[];
}

export interface ProviderRules {
  readonly name: string;
  readonly baseUrl: string;
  /** Where calls go instead that bring a login of the provider's own subscription; null: it has none that is sent elsewhere. */
  readonly loginBaseUrl: string | null;
  readonly key: KeyReference | null;
}

/** Where the runner finds a provider key; the value itself is never in the rules. */
export type KeyReference =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: readonly string[] };
