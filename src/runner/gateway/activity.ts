// What a run has open at its gateway right now. A run is held, and of its time only what it works counts, while it waits for a
// person's decision and asks nothing of a model meanwhile. The server keeps a wait open only while a proposal of the run really is pending.

export interface Activity {
  /** Gives back how to say that it is over; saying so again does nothing. */
  waitStarted(): () => void;
  modelCallStarted(): () => void;
  isHeld(): boolean;
}

export function activity(): Activity {
  let waits = 0;
  let modelCalls = 0;
  const once = (end: () => void): (() => void) => {
    let isOver = false;
    return () => {
      if (!isOver) end();
      isOver = true;
    };
  };
  return {
    waitStarted() {
      waits += 1;
      return once(() => {
        waits -= 1;
      });
    },
    modelCallStarted() {
      modelCalls += 1;
      return once(() => {
        modelCalls -= 1;
      });
    },
    isHeld: () => waits > 0 && modelCalls === 0,
  };
}
