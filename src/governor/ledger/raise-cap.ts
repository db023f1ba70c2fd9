// An operator raises one cap of an agent. A pause that a cap caused ends with it; the next call is judged against the new limit.
import type { Actor } from '../../core/audit/event.ts';
import { type CapPeriod, type CapUnit, capName } from '../../core/ledger/caps.ts';
import { readAgent } from '../../store/read/agents.ts';
import { readLiveRunsOfAgent } from '../../store/read/runs.ts';
import { ensureAgent } from '../../store/write/agents.ts';
import { writeCapRaise } from '../../store/write/ledger.ts';
import { type Refused, refused } from '../refusal.ts';
import { resumeAgent } from '../stop/resume-agent.ts';
import { resumeRun } from '../stop/resume-run.ts';
import type { Transaction } from '../transaction.ts';
import { agentScope, runScope } from './cap-states.ts';

export interface RaiseInput {
  readonly agentId: string;
  readonly period: CapPeriod;
  readonly unit: CapUnit;
  /** Micro-dollars or a count: the new limit. */
  readonly limit: number;
  readonly actor: Actor;
}

export interface Raised {
  readonly result: 'raised';
  readonly cap: string;
  readonly limit: number;
}

export function raiseCap(tx: Transaction, input: RaiseInput): Raised | Refused {
  const rules = tx.rules.agents.get(input.agentId);
  if (rules === undefined) {
    return refused('unknown_agent', `there is no agent ${input.agentId}`, 'see `governed-agents scoreboard`');
  }
  const name = capName(input);
  const live = readLiveRunsOfAgent(tx.store, input.agentId);
  const ofRuns = name === 'run_usd' ? live.filter((run) => run.run_usd_cap !== null) : [];
  const cap = rules.budget.caps.find((each) => capName(each) === name);
  if (cap === undefined && ofRuns.length === 0) {
    const known = rules.budget.caps.map(capName).join(', ') || 'none';
    return refused('no_such_cap', `${input.agentId} has no cap ${name}`, `its caps are: ${known}`);
  }
  const limits = [...(cap === undefined ? [] : [cap.limit]), ...ofRuns.map((run) => run.run_usd_cap ?? 0)];
  if (limits.every((limit) => input.limit <= limit)) {
    return refused(
      'not_a_raise',
      `${name} of ${input.agentId} is ${Math.min(...limits)} in the rules, and ${input.limit} is no more`,
      'give a higher limit; a lower one is for agent.toml, then `governed-agents accept`',
    );
  }
  ensureAgent(tx.store, input.agentId, tx.nowMs);
  const raise = (scope: string, from: number): void => {
    if (input.limit > from) writeCapRaise(tx.store, scope, name, { from, limit: input.limit }, tx.nowMs);
  };
  if (cap !== undefined) raise(agentScope(input.agentId), cap.limit);
  for (const run of ofRuns) raise(runScope(run.id), run.run_usd_cap ?? 0);
  tx.emit({
    eventType: 'budget_raised',
    actor: input.actor,
    agentId: input.agentId,
    payload: { cap: name, limit: input.limit, from: cap?.limit ?? null },
  });
  const agent = readAgent(tx.store, input.agentId);
  if (agent?.status === 'paused' && agent.pause_source === 'cap') {
    resumeAgent(tx, { agentId: input.agentId, actor: input.actor, runsPausedBy: ['agent', 'cap'] });
  }
  for (const run of readLiveRunsOfAgent(tx.store, input.agentId)) {
    if (run.pause_source === 'cap') resumeRun(tx, { runId: run.id, actor: input.actor });
  }
  return { result: 'raised', cap: name, limit: input.limit };
}
