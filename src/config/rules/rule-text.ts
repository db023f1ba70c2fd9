// The text of a governing file that has to be read as text: UTF-8, without a byte order mark.
import { isUtf8 } from 'node:buffer';
import { InputError } from '../../core/fault.ts';
import type { Bundle } from '../files/bundle.ts';
import type { ProblemList } from './problem-list.ts';

/** Null when the file is not in the bundle, or is not text; the latter is added to the problems. */
export function ruleText(bundle: Bundle, path: string, problems: ProblemList): string | null {
  const bytes = bundle.files.get(path)?.bytes;
  if (bytes === undefined) return null;
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString('utf8').replace(/^\uFEFF/, '');
  const message = 'this file is not UTF-8 text';
  problems.add(new InputError({ code: 'not_text', message, path, line: 1, hint: 'save it as UTF-8' }));
  return null;
}
