// An operator raises one cap of an agent, a group or the project. A pause that a cap caused ends with it; the next call is judged against
// the new limit.
import type { Actor } from '../../core/audit/event.ts';
import { amountText } from '../../core/ledger/amount-text.ts';
import { type Cap, type CapPeriod, type CapUnit, capName } from '../../core/ledger/caps.ts';
import { readAgent, readAgents } from '../../store/read/agents.ts';
import { readCapRaises } from '../../store/read/ledger.ts';
import { type RunRow, readLiveRunsOfAgent, readRunsStoppedByCap } from '../../store/read/runs.ts';
import { ensureAgent } from '../../store/write/agents.ts';
import { writeCapRaise } from '../../store/write/ledger.ts';
import { keepPausedWithAgent } from '../../store/write/runs.ts';
import { type Refused, refused } from '../refusal.ts';
import { resumeAgent } from '../stop/resume-agent.ts';
import { resumeRun } from '../stop/resume-run.ts';
import type { Transaction } from '../transaction.ts';
import { agentScope, groupScope, PROJECT_SCOPE, runScope } from './spend-scope.ts';

export type CapOwner =
  | { readonly kind: 'agent'; readonly id: string }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'project' };

export interface RaiseInput {
  readonly of: CapOwner;
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

/** Where the cap stands: its scope, what is said of it there, and where a lower one is for. */
interface Place {
  readonly scope: string;
  readonly title: string;
  readonly file: string;
  readonly caps: readonly Cap[];
}

/** One limit of that name, as the rules say it and as it is by now. */
interface Standing {
  readonly scope: string;
  readonly from: number;
  readonly limit: number;
}

export function raiseCap(tx: Transaction, input: RaiseInput): Raised | Refused {
  const place = placeOf(tx, input.of);
  if ('result' in place) return place;
  const name = capName(input);
  const ofRuns = name === 'run_usd' && input.of.kind === 'agent' ? cappedRuns(tx, input.of.id) : [];
  const cap = place.caps.find((each) => capName(each) === name);
  if (cap === undefined && ofRuns.length === 0) {
    const known = place.caps.map(capName).join(', ') || 'none';
    return refused('no_such_cap', `${place.title} has no cap ${name}`, `its caps are: ${known}`);
  }
  const stand = (scope: string, from: number): Standing => {
    const raise = readCapRaises(tx.store, scope).get(name);
    return { scope, from, limit: raise?.from === from ? raise.limit : from };
  };
  const standing = [
    ...(cap === undefined ? [] : [stand(place.scope, cap.limit)]),
    ...ofRuns.map((run) => stand(runScope(run.id), run.run_usd_cap ?? 0)),
  ];
  const lower = standing.filter(({ limit }) => limit < input.limit);
  if (lower.length === 0) {
    const show = (amount: number): string => amountText(amount, input.unit);
    const least = standing.reduce((a, b) => (b.limit < a.limit ? b : a));
    const raised = least.limit === least.from ? '' : ` (raised from ${show(least.from)})`;
    return refused(
      'not_a_raise',
      `${name} of ${place.title} is ${show(least.limit)} now${raised}, and ${show(input.limit)} would not raise it`,
      `give a higher limit; a lower one is for ${place.file}, then \`governed-agents accept\`: a raise ends with the limit it raised`,
    );
  }
  for (const { scope, from } of lower)
    writeCapRaise(tx.store, scope, name, { from, limit: input.limit }, tx.nowMs);
  tx.emit({
    eventType: 'budget_raised',
    actor: input.actor,
    agentId: input.of.kind === 'agent' ? input.of.id : null,
    payload: {
      of: place.scope,
      cap: name,
      limit: input.limit,
      was: Math.min(...lower.map((each) => each.limit)),
      from: cap?.limit ?? null,
    },
  });
  goOn(tx, input);
  return { result: 'raised', cap: name, limit: input.limit };
}

function placeOf(tx: Transaction, of: CapOwner): Place | Refused {
  if (of.kind === 'project') {
    const file = '[budget] of governed.toml';
    return { scope: PROJECT_SCOPE, title: 'the project', file, caps: tx.rules.projectBudget.caps };
  }
  if (of.kind === 'group') {
    const rules = tx.rules.groups.get(of.name);
    const known = [...tx.rules.groups.keys()].sort().join(', ') || 'none';
    if (rules === undefined)
      return refused('unknown_group', `there is no accepted group ${of.name}`, `groups: ${known}`);
    const file = `[groups.${of.name}] of governed.toml`;
    return { scope: groupScope(of.name), title: `the group ${of.name}`, file, caps: rules.caps };
  }
  const rules = tx.rules.agents.get(of.id);
  if (rules === undefined)
    return refused('unknown_agent', `there is no agent ${of.id}`, 'see `governed-agents scoreboard`');
  ensureAgent(tx.store, of.id, tx.nowMs);
  return { scope: agentScope(of.id), title: of.id, file: 'agent.toml', caps: rules.budget.caps };
}

function cappedRuns(tx: Transaction, agentId: string): RunRow[] {
  return readLiveRunsOfAgent(tx.store, agentId).filter((run) => run.run_usd_cap !== null);
}

/** What a cap had stopped asks again; should another cap hold, that one stops it anew. */
function goOn(tx: Transaction, { of, actor }: RaiseInput): void {
  const ids = of.kind === 'agent' ? [of.id] : readAgents(tx.store).map(({ id }) => id);
  // A cap of a group stops its runs, never an agent.
  for (const agentId of of.kind === 'group' ? [] : ids) {
    const agent = readAgent(tx.store, agentId);
    if (agent?.status !== 'paused' || agent.pause_source !== 'cap') continue;
    resumeAgent(tx, { agentId, actor, runsPausedBy: ['agent', 'cap'] });
  }
  for (const run of readRunsStoppedByCap(tx.store)) {
    if (!ids.includes(run.agent_id) || (of.kind === 'group' && run.group_name !== of.name)) continue;
    if (resumeRun(tx, { runId: run.id, actor }).result === 'resumed') continue;
    // Somebody paused its agent meanwhile: that is what it stands for now, and not the cap.
    const agent = readAgent(tx.store, run.agent_id);
    if (agent?.status === 'paused') keepPausedWithAgent(tx.store, run.id, agent.pause_reason);
  }
}
