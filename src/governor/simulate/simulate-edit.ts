// What a person is told of an edit before accepting it: a replay of the recent past, bounded so that it is there at once.
import type { Simulated } from '../../core/simulate/result.ts';
import { type SimulateInput, simulate } from './simulate.ts';

export const EDIT_BOUND = { days: 7, actions: 10_000 } as const;
const MOST_EVENTS_BEFORE = 20_000;

export type EditInput = Pick<
  SimulateInput,
  'store' | 'inForce' | 'changed' | 'agentDirOf' | 'mostExamples' | 'onProgress' | 'signal'
>;

export function simulateEdit(input: EditInput, nowMs: number): Promise<Simulated> {
  return simulate({
    ...input,
    sinceMs: nowMs - EDIT_BOUND.days * 86_400_000,
    mostActions: EDIT_BOUND.actions,
    mostEventsBefore: MOST_EVENTS_BEFORE,
  });
}
