// Keeps the newest events of the record, bounded, without gaps or repeats when history and stream overlap, and
// decides what an event touches, so that only that is read again.
import type { WireEvent } from '../../wire/record.ts';

export const MOST_EVENTS = 200;

/** Newest first. */
export function addEvents(
  log: readonly WireEvent[],
  arrived: readonly WireEvent[],
  most = MOST_EVENTS,
): readonly WireEvent[] {
  const bySeq = new Map<number, WireEvent>();
  for (const event of [...log, ...arrived]) bySeq.set(event.seq, event);
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, most);
}

export function filterEvents(
  log: readonly WireEvent[],
  typePrefix: string,
  agentId: string,
): readonly WireEvent[] {
  const prefix = typePrefix.trim().toLowerCase().replace(/\*$/, '');
  return log.filter(
    (event) => event.event_type.startsWith(prefix) && (agentId === '' || event.agent_id === agentId),
  );
}

export function isFlag(eventType: string): boolean {
  return eventType.startsWith('audit_flag_');
}

export type Resource =
  | 'status'
  | 'pending'
  | 'unknown'
  | 'recent'
  | 'scoreboard'
  | 'runs'
  | 'changes'
  | 'grants'
  | 'spend';

const TOUCHES: readonly (readonly [prefix: string, resources: readonly Resource[]])[] = [
  ['proposal_', ['pending', 'unknown', 'recent', 'scoreboard']],
  ['grant_', ['grants']],
  ['action_', ['unknown', 'recent', 'scoreboard', 'spend']],
  ['llm_call_settled', ['scoreboard', 'runs', 'spend']],
  ['budget_charge', ['scoreboard', 'runs', 'spend']],
  ['tool_call_held', ['pending', 'scoreboard', 'runs']],
  ['run_', ['runs', 'pending', 'scoreboard']],
  ['rules_', ['changes', 'scoreboard']],
  ['kill_switch', ['runs', 'scoreboard', 'pending']],
  ['audit_flag_', ['scoreboard']],
  ['confinement_', ['runs']],
];

export function touchedBy(eventType: string): readonly Resource[] {
  const touched = TOUCHES.find(([prefix]) => eventType.startsWith(prefix))?.[1] ?? ['scoreboard', 'runs'];
  return ['status', ...touched];
}
