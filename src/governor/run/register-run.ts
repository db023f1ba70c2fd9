// Registers a run: nothing is spawned before this committed. Refused without a live watchdog (unless that was said, and recorded),
// under the kill switch, for a stopped agent, and for what the accepted rules do not know.
import type { Actor, Tier } from '../../core/audit/event.ts';
import { sha256Hex } from '../../core/canonical.ts';
import type { MicroUsd } from '../../core/ledger/money.ts';
import { outputLimit } from '../../core/ledger/output-limit.ts';
import { priceOf, worstPrice } from '../../core/ledger/price.ts';
import { runStartRequest } from '../../core/policy/action-request.ts';
import type { AgentRules } from '../../core/rules/rules.ts';
import { countForAgent, ensureAgent, setAgentTier } from '../../store/write/agents.ts';
import { insertRun } from '../../store/write/runs.ts';
import { capStates } from '../ledger/cap-states.ts';
import type { SpendScope } from '../ledger/spend-scope.ts';
import { judgeStart } from '../policy/judge-action.ts';
import { refuseByRule } from '../policy/refuse-by-rule.ts';
import { countAction } from '../policy/window-use.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';
import { type ConfinementFound, noteConfinement, tierOf } from './confinement.ts';
import { joinGroup, noGroup } from './join-group.ts';
import { whyAgentMayNotRun } from './may-act.ts';
import { whyTooManyRuns } from './too-many-runs.ts';

export interface RegisterRunInput {
  readonly agentId: string;
  readonly task: string | null;
  readonly promptGiven: boolean;
  /** What the run brings to be started; null: what the agent's rules say. */
  readonly command: readonly string[] | null;
  /** What the task, or else the agent, says; null: the agent's own program chooses. */
  readonly model: string | null;
  readonly runUsdCap: MicroUsd | null;
  /** Whose caps it shares. */
  readonly group: string | null;
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
  if (input.group !== null && !tx.rules.groups.has(input.group)) return noGroup(tx, input.group);
  const stopped = whyAgentMayNotRun(tx.store, agent.id) ?? whyTooManyRuns(tx, agent);
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
  const group = input.group === null ? null : joinGroup(tx.store, input.group, runId, tx.nowMs);
  ensureAgent(tx.store, agent.id, tx.nowMs);
  insertRun(tx.store, {
    id: runId,
    agentId: agent.id,
    task: input.task,
    tier,
    tierReason,
    agentVersion: agent.version,
    rulesHash: tx.rulesHash,
    secretHash: input.secretHash,
    supervised: input.watchdogAlive,
    runUsdCap: input.runUsdCap,
    group,
    auth: agent.auth,
    runner: input.runner,
    startedAtMs: tx.nowMs,
  });
  setAgentTier(tx.store, agent.id, tier, tierReason);
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
      ...(group === null ? {} : { group: group.name, batch: group.batch }),
      ...(agent.auth === 'key' ? {} : { auth: agent.auth }),
    },
  });
  const byCaps = outputTokens(
    tx,
    { agentId: agent.id, runId, runUsdCap: input.runUsdCap, group },
    input.model,
  );
  const limits = [byCaps, agent.maxOutputTokens].filter((limit) => limit !== null);
  const shortest = limits.length === 0 ? null : Math.min(...limits);
  return { result: 'registered', runId, agent, tier, tierReason, outputTokens: shortest };
}

function shownCommand(tx: Transaction, command: readonly string[]): { readonly command?: readonly string[] } {
  return tx.rules.includeContent ? { command } : {};
}

function outputTokens(tx: Transaction, scope: SpendScope, model: string | null): number | null {
  const states = capStates(tx.store, tx.rules, tx.nowMs, scope);
  const { prices } = tx.rules;
  const price = model === null ? worstPrice(prices, isOfClaude) : priceOf(prices, model);
  return outputLimit(states, price ?? worstPrice(prices));
}

/** Whoever is told a limit takes one of these where nobody said which. */
function isOfClaude(model: string): boolean {
  return model.startsWith('claude-');
}
