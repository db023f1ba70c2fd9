// Whether an answer of the running server has what this command is about to show: a server that was started before an upgrade goes on as it
// was, and may not know of something yet.
import { OperationError } from '../core/fault.ts';
import { fieldOf, isRecord } from '../core/json-object.ts';

/** `fields` with their folders: "rules.problems". */
export function mustHave(answer: unknown, fields: readonly string[]): void {
  const lacking = fields.filter((path) => !has(answer, path.split('.')));
  if (lacking.length === 0) return;
  const version = fieldOf(answer, 'version');
  const which = typeof version === 'string' ? ` (${version})` : '';
  throw new OperationError({
    op: 'show what the server says',
    code: 'strange_answer',
    message: `the server that runs is of another version${which} than this command: its answer lacks ${lacking.join(', ')}`,
    hint: 'restart it: `governed-agents down`, then `governed-agents up`. With --json this command prints the answer as it is',
  });
}

function has(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  return isRecord(value) && name in value && has(value[name], rest);
}
