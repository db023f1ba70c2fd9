// An expected "no" on its way to the person who asked: of the server, of the governor, or of a rule of this command line.

export interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly hint: string | null;
}

export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly code: string;
  readonly hint: string | undefined;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.code = refusal.code;
    this.hint = refusal.hint ?? undefined;
  }
}

/** Several problems of the governing files at once; each has its own place and hint. */
export class RulesInvalidError extends Error {
  override readonly name = 'RulesInvalidError';
  readonly code = 'rules_invalid';
  readonly problems: readonly Error[];

  constructor(problems: readonly Error[]) {
    super(problems.length === 1 ? 'the rules have a problem' : `the rules have ${problems.length} problems`);
    this.problems = problems;
  }
}
