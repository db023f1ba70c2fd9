// The two kinds of fault that a person can do something about. Anything else that is thrown is a bug.

export interface InputErrorFields {
  readonly code: string;
  readonly message: string;
  /** The file or field at fault, when there is one. */
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  readonly hint?: string;
}

/** Bad input from outside: a file, an option, a request. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly code: string;
  readonly path: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly hint: string | undefined;

  constructor(fields: InputErrorFields) {
    super(fields.message);
    this.code = fields.code;
    this.path = fields.path;
    this.line = fields.line;
    this.column = fields.column;
    this.hint = fields.hint;
  }
}

export interface OperationErrorFields {
  /** What was being done, as a short verb phrase: "open the store". */
  readonly op: string;
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The environment failed us: a full disk, a locked file, a missing program. */
export class OperationError extends Error {
  override readonly name = 'OperationError';
  readonly op: string;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(fields: OperationErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.op = fields.op;
    this.code = fields.code ?? 'operation_failed';
    this.hint = fields.hint;
  }
}
