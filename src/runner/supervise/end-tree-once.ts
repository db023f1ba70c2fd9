// Ends a run's tree when it is told to, once: the first reason counts. A second, harder order (kill after end) still takes effect.
import { endTree, killTree, type TreeHandle } from '../../process/entry.ts';
import { wait } from '../link/backoff.ts';
import type { Stop } from './supervisor.ts';

export interface Ending {
  readonly stop: Stop | null;
  /** Asks, and after the grace kills. */
  end(stop: Stop): void;
  kill(stop: Stop): void;
  attach(handle: TreeHandle): void;
  /** The tree is gone: nothing is signalled any more. */
  release(): void;
  /** Resolves when every order has been carried out; the number of processes that could not be ended. */
  done(): Promise<number>;
  /** Resolves only when an order was carried out and something still lives: nobody need wait for its end. */
  readonly exhausted: Promise<void>;
}

const GRACE_MS = 5_000;
/** Who kills a tree from outside signals first and records then: its word is waited for a moment. */
const OUTSIDE_STOP_MS = 1_000;

export function createEnding(onFirst: (stop: Stop) => void): Ending {
  let first: Stop | null = null;
  let handle: TreeHandle | null = null;
  let isKilling = false;
  const orders: Promise<number>[] = [];
  let giveUp: () => void = () => undefined;
  const exhausted = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  const carryOut = async (order: Promise<number>): Promise<number> => {
    const survivors = await order;
    if (survivors > 0) giveUp();
    return survivors;
  };
  const note = (stop: Stop): void => {
    if (first !== null) return;
    first = stop;
    onFirst(stop);
  };
  const kill = async (tree: TreeHandle): Promise<number> => (await killTree(tree)).survivors.length;
  const end = async (tree: TreeHandle): Promise<number> => {
    const ended = await endTree(tree, { graceMs: GRACE_MS });
    return ended.result === 'ended' ? 0 : ended.survivors.length;
  };
  return {
    get stop() {
      return first;
    },
    end(stop) {
      if (first === null && handle !== null) orders.push(carryOut(end(handle)));
      note(stop);
    },
    kill(stop) {
      if (!isKilling && handle !== null) orders.push(carryOut(kill(handle)));
      isKilling = true;
      note(stop);
    },
    attach(tree) {
      handle = tree;
      if (first !== null) orders.push(carryOut(kill(tree)));
    },
    release() {
      handle = null;
    },
    async done() {
      let survivors = 0;
      for (let at = 0; at < orders.length; at += 1) survivors = (await orders[at]) ?? 0;
      return survivors;
    },
    exhausted,
  };
}

export async function waitForStop(ending: Pick<Ending, 'stop'>): Promise<void> {
  const untilMs = performance.now() + OUTSIDE_STOP_MS;
  while (ending.stop === null && performance.now() < untilMs) await wait(20);
}
