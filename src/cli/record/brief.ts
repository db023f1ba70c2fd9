// Sums up a stretch of the record: what ran, what it cost, what was decided and by whom, and the near misses; in all and for each agent.
import type { RecordedEvent } from './each-event.ts';
import { isNearMiss, type NearMiss, NearMisses } from './near-miss.ts';

export interface Brief {
  readonly runs: {
    readonly started: number;
    /** Of those, how many were no more than advisory. */
    readonly advisory: number;
    readonly ended: Readonly<Record<string, number>>;
  };
  readonly spent_micro_usd: number;
  readonly tokens: number;
  readonly llm_calls: number;
  readonly decisions: Readonly<Record<string, number>>;
  /** The same decisions by who took them: operator, policy, grant, timeout. */
  readonly decided_by: Readonly<Record<string, number>>;
  readonly actions: Readonly<Record<string, number>>;
  readonly near_misses: readonly NearMiss[];
  readonly rules_accepted: number;
  /** The dearest first. */
  readonly agents: readonly AgentBrief[];
}

export interface AgentBrief {
  readonly agent_id: string;
  readonly runs_started: number;
  readonly runs_ended: Readonly<Record<string, number>>;
  readonly spent_micro_usd: number;
  readonly tokens: number;
  readonly llm_calls: number;
  readonly decisions: Readonly<Record<string, number>>;
}

/** How an action ended; that one was begun, or begun again, is no other end. */
const OUTCOME = /^action_(executed|failed|unknown)$/;

/** `events` come newest first. */
export function sumUp(events: Iterable<RecordedEvent>): Brief {
  const all = new Tally();
  const agents = new Map<string, Tally>();
  const actions = new Map<string, number>();
  const misses = new NearMisses();
  let accepted = 0;
  for (const event of events) {
    all.take(event);
    if (event.agentId !== null) tallyOf(agents, event.agentId).take(event);
    if (OUTCOME.test(event.type)) add(actions, event.type.slice('action_'.length));
    if (event.type === 'rules_accepted') accepted += 1;
    if (isNearMiss(event)) misses.add(event);
  }
  return {
    runs: { started: all.started, advisory: all.advisory, ended: Object.fromEntries(all.ended) },
    spent_micro_usd: all.spent,
    tokens: all.tokens,
    llm_calls: all.calls,
    decisions: Object.fromEntries(all.decisions),
    decided_by: Object.fromEntries(all.deciders),
    actions: Object.fromEntries(actions),
    near_misses: misses.list(),
    rules_accepted: accepted,
    agents: [...agents].map(([id, tally]) => tally.ofAgent(id)).sort(byCost),
  };
}

class Tally {
  readonly ended = new Map<string, number>();
  readonly decisions = new Map<string, number>();
  readonly deciders = new Map<string, number>();
  started = 0;
  advisory = 0;
  spent = 0;
  tokens = 0;
  calls = 0;

  take({ type, actorKind, tier, payload }: RecordedEvent): void {
    this.spent += whole(payload['posted_micro_usd']);
    // What an action cost is booked with its outcome.
    if (type === 'action_executed' || type === 'action_failed')
      this.spent += whole(payload['cost_micro_usd']);
    this.tokens += whole(payload['posted_tokens']);
    if (type === 'run_started') this.started += 1;
    if (type === 'run_started' && tier === 'advisory') this.advisory += 1;
    if (type === 'run_ended') add(this.ended, payload['status']);
    if (type === 'llm_call_settled') this.calls += 1;
    if (type === 'proposal_decided') this.#decided(String(payload['status']), actorKind ?? 'unknown');
    if (type === 'proposal_expired') this.#decided('expired', 'timeout');
  }

  ofAgent(id: string): AgentBrief {
    return {
      agent_id: id,
      runs_started: this.started,
      runs_ended: Object.fromEntries(this.ended),
      spent_micro_usd: this.spent,
      tokens: this.tokens,
      llm_calls: this.calls,
      decisions: Object.fromEntries(this.decisions),
    };
  }

  #decided(status: string, by: string): void {
    add(this.decisions, status);
    add(this.deciders, by);
  }
}

function tallyOf(agents: Map<string, Tally>, id: string): Tally {
  const known = agents.get(id);
  if (known !== undefined) return known;
  const made = new Tally();
  agents.set(id, made);
  return made;
}

function byCost(a: AgentBrief, b: AgentBrief): number {
  return b.spent_micro_usd - a.spent_micro_usd || (a.agent_id < b.agent_id ? -1 : 1);
}

function add(counts: Map<string, number>, key: unknown): void {
  const name = String(key);
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function whole(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}
