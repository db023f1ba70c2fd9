// Tells an observer in which state a run is, once for each change.
import type { RunObserver, RunState } from '../run-observer.ts';
import type { Brake } from './brake.ts';
import type { Stop } from './supervisor.ts';

export interface Situation {
  readonly stop: Stop | null;
  readonly brake: ReturnType<Brake['reason']>;
  readonly isHeld: boolean;
}

export function stateTeller(observer: RunObserver, look: () => Situation): () => void {
  let told = '';
  return () => {
    const state = stateOf(look());
    const key = JSON.stringify(state);
    if (key === told) return;
    told = key;
    observer.onState?.(state);
  };
}

function stateOf({ stop, brake, isHeld }: Situation): RunState {
  if (stop !== null) return { state: 'ending', reason: stop.reason };
  if (brake === null) return { state: isHeld ? 'held' : 'running' };
  const state = brake.source === 'watchdog' ? 'missing_supervisor' : 'paused';
  return { state, reason: brake.reason };
}
