// A refusal is an expected answer, not a fault: a stable code, what happened, and what to do next.

export interface Refused {
  readonly result: 'refused';
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
}

export function refused(code: string, detail: string, hint: string): Refused {
  return { result: 'refused', code, detail, hint };
}
