// What stands at a cap, out of the record: the newest stop of every agent and run that is still paused at one, with what it asked for.
// A raise lets it go on only where that fits then.
import { fieldsOf, textOf } from '../../../core/json-object.ts';
import { roundLimit } from '../../../core/ledger/amount-text.ts';
import type { WireEvent } from '../../wire/record.ts';
import type { BoardState } from './board-state.ts';
import type { CapRow } from './cap-rows.ts';
import type { CapHolder } from './cap-words.ts';

export interface CapStop {
  readonly agentId: string;
  /** Whose call asked. */
  readonly runId: string;
  /** Of that run. */
  readonly group: string | null;
  /** The agent stands, not the run alone. */
  readonly isAgent: boolean;
  /** "day_usd", and whose [budget] it stands in. */
  readonly cap: string;
  readonly owner: string;
  /** Micro-dollars or a count; 0: it stands there without having asked. */
  readonly asked: number;
  /** What stood against the cap when it was stopped. */
  readonly against: number;
}

type Standing = Pick<BoardState, 'liveRuns' | 'scoreboard'>;

/** `events` are of the type budget_paused, the newest first. */
export function capStops(events: readonly WireEvent[], standing: Standing): readonly CapStop[] {
  const seen = new Set<string>();
  return events.flatMap((event) => {
    const { agent_id: agentId, run_id: runId } = event;
    if (agentId === null || runId === null) return [];
    const { scope, owner, cap, asked, posted, reserved } = fieldsOf(event.payload);
    const isAgent = scope === 'agent' || scope === 'project';
    const who = isAgent ? agentId : runId;
    if (seen.has(who)) return [];
    seen.add(who);
    const run = standing.liveRuns.find((each) => each.run_id === runId);
    const paused = isAgent ? standing.scoreboard?.items.find((each) => each.agent_id === agentId) : run;
    if (paused?.status !== 'paused' || paused.pause_source !== 'cap') return [];
    const stop = {
      agentId,
      runId,
      group: run?.group ?? null,
      isAgent,
      cap: textOf(cap),
      owner: textOf(owner),
    };
    return [{ ...stop, asked: amountOf(asked), against: amountOf(posted) + amountOf(reserved) }];
  });
}

function amountOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

export interface CapWait {
  readonly calls: number;
  /** By all of them together; where the cap begins anew with each run, by the largest. */
  readonly asked: number;
  /** The lowest limit under which what waits fits. */
  readonly needs: number;
  /** A limit that a person would write, under which it fits. */
  readonly enough: number;
}

/** What waits for a raise of this very cap; null: nothing. */
export function waitAt(row: CapRow, stops: readonly CapStop[]): CapWait | null {
  const { tier, isCounted } = row;
  const here = stops.filter((stop) => isAt(row, stop));
  if (here.length === 0) return null;
  const asks = here.map((stop) => stop.asked);
  const asked = isCounted ? asks.reduce((sum, each) => sum + each, 0) : Math.max(...asks);
  const needs = isCounted
    ? tier.posted + tier.reserved + asked
    : Math.max(...here.map((stop) => stop.against + stop.asked));
  return { calls: here.length, asked, needs, enough: roundLimit(Math.max(needs, tier.cap + 1)) };
}

/** Those that a raise of this cap lets go on too, though they stand at another one: they ask again, and are stopped there again. */
export function stopsElsewhere(row: CapRow, stops: readonly CapStop[]): readonly string[] {
  const others = stops.filter((stop) => isOf(row.holder, stop) && !isAt(row, stop));
  return [...new Set(others.map((stop) => stop.cap))];
}

function isAt({ tier, holder, runId }: CapRow, stop: CapStop): boolean {
  const isThisCap = stop.cap === `${tier.tier}_${tier.unit}` && stop.owner === tier.owner;
  return isThisCap && isOf(holder, stop) && (runId === null || runId === stop.runId);
}

function isOf(holder: CapHolder, stop: CapStop): boolean {
  if (holder.kind === 'agent') return stop.agentId === holder.agentId;
  return holder.kind === 'project' || (!stop.isAgent && stop.group === holder.group);
}
