// Tells a person what went wrong: what happened and where, why, what to do next. A stack trace only when it was asked for.
import { InputError, OperationError } from '../core/fault.ts';
import { visibleIndented, visibleLine, visibleString } from '../core/visible-text.ts';
import { codeOf } from './exit-code.ts';
import { RefusalError, RulesInvalidError } from './refusal-error.ts';
import type { Paint } from './terminal.ts';

export function errorText(error: unknown, paint: Paint, verbose: boolean): string {
  const text =
    error instanceof RulesInvalidError
      ? error.problems.map((problem) => oneError(problem, paint)).join('\n')
      : oneError(error, paint);
  const stack = verbose && error instanceof Error ? `\n${visibleString(stackOf(error))}` : '';
  return `${text}${stack}\n`;
}

function oneError(error: unknown, paint: Paint): string {
  // Only ours has lines of its own: a list of what stands in the way.
  const message = (error instanceof InputError ? visibleIndented : visibleLine)(messageOf(error));
  const lines = [`${paint.red('error:')} ${place(error)}${message}`];
  const why = reasonOf(error);
  if (why !== null) lines.push(`  ${paint.dim('why:')}  ${visibleLine(why)}`);
  const hint = hintOf(error);
  if (hint !== null) lines.push(`  ${paint.dim('hint:')} ${visibleLine(hint)}`);
  return lines.join('\n');
}

/** "governed.toml:3:8: " for what stands in a file. */
function place(error: unknown): string {
  if (!(error instanceof InputError) || error.path === undefined || error.line === undefined) return '';
  const column = error.column === undefined ? '' : `:${error.column}`;
  return `${visibleLine(error.path)}:${error.line}${column}: `;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isExpected(error) ? error.message : `this should not have happened: ${error.message}`;
}

/** What the environment said, unless the message says it already. */
function reasonOf(error: unknown): string | null {
  if (!(error instanceof OperationError) || !(error.cause instanceof Error)) return null;
  const reason = error.cause.message;
  return error.message.includes(reason) ? null : reason;
}

function hintOf(error: unknown): string | null {
  if (error instanceof InputError || error instanceof OperationError || error instanceof RefusalError)
    return error.hint ?? null;
  return 'this is a bug of governed-agents: run it again with --verbose and report what it prints';
}

function isExpected(error: Error): boolean {
  return error instanceof InputError || error instanceof OperationError || error instanceof RefusalError;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}

export interface ErrorJson {
  readonly code: string;
  readonly detail: string;
  readonly hint: string | null;
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  readonly problems?: readonly ErrorJson[];
}

export function errorJson(error: unknown): ErrorJson {
  if (error instanceof RulesInvalidError) {
    const problems = error.problems.map(errorJson);
    return { code: error.code, detail: error.message, hint: problems[0]?.hint ?? null, problems };
  }
  const where =
    error instanceof InputError && error.path !== undefined
      ? {
          path: error.path,
          ...(error.line === undefined ? {} : { line: error.line }),
          ...(error.column === undefined ? {} : { column: error.column }),
        }
      : {};
  return { code: codeOf(error), detail: messageOf(error), hint: hintOf(error), ...where };
}
