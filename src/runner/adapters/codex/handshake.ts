// Reads what Codex answers when its thread is started: it must repeat that it asks a person before it acts, or nothing is given to it.
import { isRecord } from '../../../core/json-object.ts';

const SANDBOXES: Readonly<Record<string, string>> = {
  'danger-full-access': 'dangerFullAccess',
  'workspace-write': 'workspaceWrite',
};

export function threadOf(
  result: unknown,
  wanted: Readonly<Record<string, unknown>>,
):
  | { readonly result: 'started'; readonly threadId: string }
  | { readonly result: 'refused'; readonly why: string } {
  if (!isRecord(result) || !isRecord(result['thread'])) return refused('no thread was started');
  for (const name of ['approvalPolicy', 'approvalsReviewer', 'cwd']) {
    if (result[name] !== wanted[name]) return refused(`its ${name} is ${JSON.stringify(result[name])}`);
  }
  const { sandbox } = result;
  const kind = isRecord(sandbox) ? sandbox['type'] : null;
  if (kind !== SANDBOXES[String(wanted['sandbox'])]) return refused(`its sandbox is ${JSON.stringify(kind)}`);
  const { id } = result['thread'];
  return typeof id === 'string' ? { result: 'started', threadId: id } : refused('its thread has no id');
}

function refused(why: string): { readonly result: 'refused'; readonly why: string } {
  return { result: 'refused', why };
}
