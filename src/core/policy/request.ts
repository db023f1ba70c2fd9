// What the rules are asked, and what they may know: an action with its facts, its surroundings, and counts that the caller looks up.
// A fact that does not exist for an action is left out; one that exists but is not known is null. The engine treats them differently.
import type { MicroUsd } from '../ledger/money.ts';
import type { Risk } from '../rules/rules.ts';
import type { PolicyDecision } from './decision.ts';
import type { AutonomyOverride } from './risk-profile.ts';
import type { UsageWindow, WindowUse } from './usage-window.ts';

export interface PolicyRequest {
  /** What an agent proposes, or `tool:<Name>`, `llm_call`, `run_start`. */
  readonly action: string;
  readonly tool?: string | null;
  /** What is acted on: the path, address or command of a tool call, the `resource` of a payload. */
  readonly resource?: string | null;
  readonly model?: string | null;
  /** A JSON value. */
  readonly payload?: unknown;
  readonly costUsd?: MicroUsd | null;
  /** False when the agent calls the action irreversible. */
  readonly reversible: boolean | null;
  /** True when the agent asks for a person. */
  readonly requiresApproval: boolean | null;
  /** A judgement made elsewhere (by the agent's tool lists, say): it counts too, and stands in place of [defaults]. */
  readonly base?: PolicyDecision;
}

export interface PolicyContext {
  readonly nowMs: number;
  readonly agent: AgentFacts | null;
  readonly run?: RunFacts | null;
  readonly budget?: BudgetFacts | null;
  /** How much of a window is used, this action not counted; null when that can't be told. Called only for windows that matter. */
  use(window: UsageWindow, allowed: number): WindowUse | null;
  /** Null while no detector is at hand. */
  readonly detector: Detector | null;
}

export interface AgentFacts {
  readonly id: string | null;
  readonly risk: Risk | null;
  readonly labels: Readonly<Record<string, string>>;
  /** [may] of its agent.toml. */
  readonly may: AutonomyOverride;
}

export interface RunFacts {
  readonly id: string | null;
  readonly task: string | null;
  readonly tier: string | null;
  readonly ageSeconds: number | null;
  readonly spentUsd: MicroUsd | null;
  readonly tokens: number | null;
  readonly llmCalls: number | null;
  readonly toolCalls: number | null;
  /** Proposals of the run that wait now. */
  readonly pending: number | null;
}

export interface BudgetFacts {
  /** Of the fullest cap that holds for the run, agent or project, from 0; 100 is at the cap. */
  readonly usedPct: number | null;
  /** Under the tightest cap on dollars. */
  readonly leftUsd: MicroUsd | null;
}

export type DetectKind = 'pii' | 'secret';

export interface Detector {
  /** What a text holds, in words ("an email address"), never the thing itself; empty when nothing was found. */
  find(kind: DetectKind, text: string): readonly string[];
}
