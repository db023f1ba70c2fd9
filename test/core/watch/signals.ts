// Makes the record of a run by hand: events with rising sequence numbers, whatever their times say.
import { foldSignal, newRunWatch, type RunWatch, type Verdict } from '../../../src/core/watch/run-watch.ts';
import {
  type RecordedEvent,
  type RunSignal,
  signalsOf,
  type WatchSignal,
} from '../../../src/core/watch/signal.ts';
import { DEFAULT_WATCH_RULES, type WatchRules } from '../../../src/core/watch/watch-rules.ts';

const RUN = 'run_00000000000000000000000001';

let seq = 0;

export function event(eventType: string, payload: unknown, over: Partial<RecordedEvent> = {}): RecordedEvent {
  seq += 1;
  return {
    seq,
    tsMs: 1_000 + seq,
    eventType,
    actorKind: 'agent',
    runId: RUN,
    proposalId: null,
    payload,
    ...over,
  };
}

export const toolCall = (input: string, over: Partial<RecordedEvent> = {}): RecordedEvent =>
  event('tool_call_allowed', { tool: 'Bash', input_hash: input }, over);

export const proposal = (hash: string, actionType = 'send_email'): RecordedEvent =>
  event('proposal_submitted', { action_type: actionType, proposal_payload_hash: hash });

export const result = (ok: boolean): RecordedEvent => event('tool_call_completed', { tool: 'Bash', ok });

export interface Watched {
  readonly watch: RunWatch;
  /** Everything found on the way, also what a stronger verdict took the place of. */
  readonly found: readonly Verdict[];
}

export function watchAll(
  events: readonly RecordedEvent[],
  rules: WatchRules = DEFAULT_WATCH_RULES,
  from: RunWatch = newRunWatch(),
): Watched {
  let watch = from;
  const found: Verdict[] = [];
  for (const signal of events.flatMap(signalsOf)) {
    if (!isOfDetectors(signal)) continue;
    const before = new Set(watch.open);
    watch = foldSignal(watch, signal, rules).watch;
    found.push(...watch.open.filter((verdict) => !before.has(verdict)));
  }
  return { watch, found };
}

function isOfDetectors(signal: WatchSignal): signal is RunSignal {
  return ['action', 'result', 'resumed', 'recorded'].includes(signal.kind);
}

export const levels = ({ found }: Watched): readonly string[] =>
  found.map(({ rule, level }) => `${rule} ${level}`);
