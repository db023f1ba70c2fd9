// A mistake in the governing files on its way to a person: what is wrong, where it stands and how it is mended.
import type { InputError } from '../../core/fault.ts';
import type { WireRulesProblem } from '../wire/record.ts';

export function presentRulesProblem({
  code,
  message,
  path,
  line,
  column,
  hint,
}: InputError): WireRulesProblem {
  const place = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}: `;
  return {
    code,
    detail: `${place}${message}`,
    path: path ?? null,
    line: line ?? null,
    column: column ?? null,
    hint: hint ?? null,
  };
}
