// One piece of state that can be read, changed and listened to. Listeners run once a frame at most, so that a flood
// of events costs a bounded number of renderings.
import { useEffect, useState } from 'preact/hooks';

export interface Cell<T> {
  readonly read: () => T;
  readonly change: (next: (value: T) => T) => void;
  readonly listen: (listener: () => void) => () => void;
}

export function createCell<T>(initial: T): Cell<T> {
  let value = initial;
  let scheduled = false;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    scheduled = false;
    for (const listener of listeners) listener();
  };
  return {
    read: () => value,
    change(next) {
      const changed = next(value);
      if (changed === value) return;
      value = changed;
      if (scheduled) return;
      scheduled = true;
      // A timer and not an animation frame: a page in the background still has to keep its title true.
      setTimeout(tell, 16);
    },
    listen(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

export function useCell<T>(cell: Cell<T>): T {
  const [value, setValue] = useState<{ readonly of: T }>({ of: cell.read() });
  useEffect(() => {
    const take = (): void => setValue((shown) => (shown.of === cell.read() ? shown : { of: cell.read() }));
    take();
    return cell.listen(take);
  }, [cell]);
  return value.of;
}
