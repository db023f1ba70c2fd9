// What differs between two bundles, as a person reads it before accepting. The text is exactly that of the files: whoever shows it
// must make control characters visible.
import { isUtf8 } from 'node:buffer';
import { createTwoFilesPatch } from 'diff';
import type { Bundle, BundleFile } from './bundle.ts';

export interface FileChange {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'modified';
  /** A unified difference, or a line that says why there is none. */
  readonly diff: string;
}

/** Beyond so many changed lines the old and the new text are shown one after the other. */
const MOST_EDITS = 4_000;

/** In ascending order of paths. `before` is null when nothing is in force yet. */
export function diffBundles(before: Bundle | null, after: Bundle): readonly FileChange[] {
  const old: ReadonlyMap<string, BundleFile> = before?.files ?? new Map();
  const paths = [...new Set([...old.keys(), ...after.files.keys()])].sort((a, b) => (a < b ? -1 : 1));
  return paths.flatMap((path) => {
    const change = fileChange(path, old.get(path), after.files.get(path));
    return change === null ? [] : [change];
  });
}

function fileChange(
  path: string,
  before: BundleFile | undefined,
  after: BundleFile | undefined,
): FileChange | null {
  if (before === undefined && after === undefined) return null;
  if (before === undefined)
    return { path, change: 'added', diff: modeLine(0, after) + difference(path, before, after) };
  if (after === undefined) return { path, change: 'removed', diff: difference(path, before, after) };
  const isSame = before.bytes.equals(after.bytes);
  if (isSame && before.mode === after.mode) return null;
  return {
    path,
    change: 'modified',
    diff: modeLine(before.mode, after) + (isSame ? '' : difference(path, before, after)),
  };
}

function modeLine(before: number, after: BundleFile | undefined): string {
  if (after === undefined || before === after.mode) return '';
  return after.mode === 0 ? 'no longer executable\n' : 'now executable\n';
}

function difference(path: string, before: BundleFile | undefined, after: BundleFile | undefined): string {
  const [old, now] = [textOf(before), textOf(after)];
  if (old === null || now === null) return `binary file: ${sizeOf(before)} before, ${sizeOf(after)} now\n`;
  const from = before === undefined ? '/dev/null' : path;
  const to = after === undefined ? '/dev/null' : path;
  const patch = createTwoFilesPatch(from, to, old, now, '', '', { context: 3, maxEditLength: MOST_EDITS });
  return patch ?? wholeTexts(from, to, old, now);
}

function textOf(file: BundleFile | undefined): string | null {
  if (file === undefined) return '';
  return isUtf8(file.bytes) && !file.bytes.includes(0) ? file.bytes.toString('utf8') : null;
}

function sizeOf(file: BundleFile | undefined): string {
  return file === undefined ? 'nothing' : `${file.bytes.length} bytes`;
}

function wholeTexts(from: string, to: string, old: string, now: string): string {
  const marked = (mark: string, text: string): string => text.replace(/\n$/, '').replace(/^/gm, mark);
  return `--- ${from}\n+++ ${to}\n${marked('-', old)}\n${marked('+', now)}\n`;
}
