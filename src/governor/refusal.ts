// A refusal is an expected answer, not a fault: a stable code, what happened, and what to do next.

export interface Refused {
  readonly result: 'refused';
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
  /** What a program may want to know besides, under the names of the wire. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export function refused(code: string, detail: string, hint: string): Refused {
  return { result: 'refused', code, detail, hint };
}
