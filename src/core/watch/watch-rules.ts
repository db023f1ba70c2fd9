// What the watchdog looks for, and what it does about it. Thresholds are counts unless their name says otherwise.

/** At how many occurrences each thing is done; a missing key is never done. */
export interface Escalation {
  readonly warn?: number;
  readonly pause?: number;
  readonly kill?: number;
}

export interface WatchRules {
  /** The same action (same tool or action type, same input) again and again by one run. */
  readonly repeat: Escalation;
  /** Failed tool calls in a row by one run. */
  readonly errors: Escalation;
  /** An approved action that nobody has carried out: after so many seconds. */
  readonly stuckSeconds: Escalation;
}

export const DEFAULT_WATCH_RULES: WatchRules = {
  repeat: { warn: 3, pause: 5 },
  errors: { warn: 5, pause: 10 },
  stuckSeconds: { warn: 300 },
};
