// Registers a run: nothing is spawned before this committed. Refused without a live watchdog (unless that was said, and recorded),
// under the kill switch, for a stopped agent, and for what the accepted rules do not know.
import type { Actor, Tier } from '../../core/audit/event.ts';
import { sha256Hex } from '../../core/canonical.ts';
import type { MicroUsd } from '../../core/ledger/money.ts';
import { outputLimit } from '../../core/ledger/output-limit.ts';
import { priceOf, worstPrice } from '../../core/ledger/price.ts';
import { runStartRequest } from '../../core/policy/action-request.ts';
import type { AgentRules } from '../../core/rules/rules.ts';
import { countLiveRuns, readLiveRunsOfAgent } from '../../store/read/runs.ts';
import { countForAgent, ensureAgent, setAgentTier } from '../../store/write/agents.ts';
import { insertRun } from '../../store/write/runs.ts';
import { capStates } from '../ledger/cap-states.ts';
import { judgeStart } from '../policy/judge-action.ts';
import { refuseByRule } from '../policy/refuse-by-rule.ts';
import { countAction } from '../policy/window-use.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';
import { type ConfinementFound, noteConfinement, tierOf } from './confinement.ts';
import { whyAgentMayNotRun } from './may-act.ts';

export interface RegisterRunInput {
  readonly agentId: string;
  readonly task: string | null;
  readonly promptGiven: boolean;
  /** What the run brings to be started; null: what the agent's rules say. */
  readonly command: readonly string[] | null;
  /** What the task, or else the agent, says; null: the agent's own program chooses. */
  readonly model: string | null;
  readonly runUsdCap: MicroUsd | null;
  /** The strongest that the runner's machine gives. */
  readonly tier: Tier;
  /** What that was found out by; null when nothing but the tier was said. */
  readonly confinement: ConfinementFound | null;
  /** JSON of the runner's process. */
  readonly runner: string;
  readonly secretHash: string;
  readonly watchdogAlive: boolean;
  readonly noWatchdog: boolean;
  readonly actor: Actor;
}

export interface RegisteredRun {
  readonly result: 'registered';
  readonly runId: string;
  readonly agent: AgentRules;
  /** What the run is held to, and why it is no more than advisory. */
  readonly tier: Tier;
  readonly tierReason: string | null;
  /** What one answer of the model should be limited to, in tokens; null when nothing limits it. */
  readonly outputTokens: number | null;
}

export function registerRun(tx: Transaction, input: RegisterRunInput): RegisteredRun | Refused {
  if (tx.rulesHash === null) {
    return refused(
      'rules_not_accepted',
      'the rules of this project are not accepted',
      'look at them with `governed-agents accept`',
    );
  }
  const agent = tx.rules.agents.get(input.agentId);
  if (agent === undefined) {
    const known = [...tx.rules.agents.keys()].sort().join(', ') || 'none';
    return refused(
      'unknown_agent',
      `there is no accepted agent ${input.agentId}`,
      `agents: ${known}; a new one needs \`governed-agents accept\``,
    );
  }
  if (input.task !== null && !agent.tasks.has(input.task)) {
    const known = [...agent.tasks.keys()].sort().join(', ') || 'none';
    return refused('unknown_task', `${agent.id} has no task ${input.task}`, `its tasks: ${known}`);
  }
  if (input.command !== null && !agent.anyCommand) {
    return refused(
      'command_not_allowed',
      `${agent.id} runs only the command of its rules`,
      `change command in agents/${agent.id}/agent.toml, or set any_command = true there`,
    );
  }
  const stopped = whyAgentMayNotRun(tx.store, agent.id) ?? whyTooMany(tx, agent);
  if (stopped !== null) return stopped;
  if (!input.watchdogAlive && !input.noWatchdog) {
    return refused(
      'no_watchdog',
      'no watchdog is alive, and no run starts without one',
      'start it with `governed-agents watchdog` (serve does it by itself), or say --no-watchdog',
    );
  }
  const held = tierOf(agent, input);
  if (held.result === 'refused') return held;
  const { tier, tierReason } = held;
  const decision = judgeStart(tx, agent.id, runStartRequest(agent.model));
  if (decision.effect !== 'allow') {
    return refuseByRule(tx, decision, {
      eventType: 'run_denied',
      actor: input.actor,
      agentId: agent.id,
      runId: null,
      tier,
      facts: { task: input.task },
    });
  }
  countAction(tx, agent.id, 'run_start');
  const runId = tx.newId('run');
  ensureAgent(tx.store, agent.id, tx.nowMs);
  insertRun(tx.store, {
    id: runId,
    agentId: agent.id,
    task: input.task,
    tier,
    agentVersion: agent.version,
    rulesHash: tx.rulesHash,
    secretHash: input.secretHash,
    supervised: input.watchdogAlive,
    runUsdCap: input.runUsdCap,
    runner: input.runner,
    startedAtMs: tx.nowMs,
  });
  setAgentTier(tx.store, agent.id, tier);
  countForAgent(tx.store, agent.id, 'runs', 1);
  countForAgent(tx.store, agent.id, 'runs_live', 1);
  if (input.confinement !== null) noteConfinement(tx, input.tier, input.confinement, input.actor);
  tx.emit({
    eventType: 'run_started',
    actor: input.actor,
    agentId: agent.id,
    runId,
    tier,
    payload: {
      task: input.task,
      prompt_given: input.promptGiven,
      ...(input.command === null
        ? {}
        : { command_hash: sha256Hex(JSON.stringify(input.command)), ...shownCommand(tx, input.command) }),
      agent_version: agent.version,
      ...(tierReason === null ? {} : { tier_reason: tierReason }),
      supervised: input.watchdogAlive,
      run_usd_cap: input.runUsdCap,
    },
  });
  const limit = outputTokens(tx, runId, input);
  return { result: 'registered', runId, agent, tier, tierReason, outputTokens: limit };
}

function shownCommand(tx: Transaction, command: readonly string[]): { readonly command?: readonly string[] } {
  return tx.rules.includeContent ? { command } : {};
}

function outputTokens(
  tx: Transaction,
  runId: string,
  { agentId, runUsdCap, model }: RegisterRunInput,
): number | null {
  const states = capStates(tx.store, tx.rules, tx.nowMs, { agentId, runId, runUsdCap });
  const price = model === null ? null : priceOf(tx.rules.prices, model);
  return outputLimit(states, price ?? worstPrice(tx.rules.prices));
}

function whyTooMany(tx: Transaction, agent: AgentRules): Refused | null {
  if (readLiveRunsOfAgent(tx.store, agent.id).length >= agent.concurrent) {
    return refused(
      'too_many_runs',
      `${agent.id} already runs ${agent.concurrent} at once`,
      `wait, or raise concurrent in agents/${agent.id}/agent.toml`,
    );
  }
  if (countLiveRuns(tx.store) >= tx.rules.concurrentRuns) {
    return refused(
      'too_many_runs',
      `${tx.rules.concurrentRuns} runs are live already`,
      'wait, or raise [runs] concurrent in governed.toml',
    );
  }
  return null;
}
