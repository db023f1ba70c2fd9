// An edit of a payload in the person's own editor. What is not JSON is never sent, and an editor that failed changed nothing.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../config/entry.ts';
import { canonicalJson, sha256Hex } from '../core/canonical.ts';
import { InputError, OperationError } from '../core/fault.ts';
import { editableJson } from '../core/visible-text.ts';

export interface Edit {
  readonly payload: unknown;
  readonly hash: string;
}

/** Null when nothing was changed. `again` is asked after an edit that is no JSON, with what is wrong with it. */
export async function editPayload(
  payload: unknown,
  again: (problem: string) => Promise<boolean>,
): Promise<Edit | null> {
  const dir = mkdtempSync(join(temporaryFolder(), 'governed-edit-'));
  const file = join(dir, 'payload.json');
  try {
    writeFileSync(file, `${editableJson(payload)}\n`, { mode: 0o600 });
    for (;;) {
      openEditor(file);
      const read = parse(readFileSync(file, 'utf8'));
      if ('payload' in read) return changed(payload, read.payload);
      if (!(await again(read.problem))) throw notJson(read.problem);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function openEditor(file: string): void {
  const editor = process.env['VISUAL'] ?? process.env['EDITOR'] ?? 'vi';
  // As git does: an editor may be given with options.
  const ended = spawnSync('/bin/sh', ['-c', `${editor} "$@"`, 'sh', file], { stdio: 'inherit' });
  if (ended.status === 0) return;
  throw new OperationError({
    op: 'edit the payload',
    code: 'editor_failed',
    message: `the editor (${editor}) ended with ${ended.status ?? ended.signal ?? 'no status'}; nothing was decided`,
    hint: 'set EDITOR to an editor that you have, for example EDITOR=nano',
  });
}

function parse(text: string): { readonly payload: unknown } | { readonly problem: string } {
  try {
    return { payload: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function changed(before: unknown, after: unknown): Edit | null {
  const text = canonicalJson(after);
  return text === canonicalJson(before) ? null : { payload: after, hash: sha256Hex(text) };
}

function notJson(problem: string): InputError {
  return new InputError({
    code: 'not_json',
    message: `the edited payload is not JSON: ${problem}; nothing was decided`,
    hint: 'edit it again with `governed-agents approve --edit`',
  });
}
