// Everything that is wrong with a set of rules, collected so that a person can mend it in one go.

import type { z } from 'zod';
import type { InputError } from '../../core/fault.ts';
import { type Checked, check } from '../schema/problems.ts';
import { readToml, type TomlDocument } from '../toml/read-toml.ts';

export class ProblemList {
  readonly #found: InputError[] = [];

  add(...problems: readonly InputError[]): void {
    this.#found.push(...problems);
  }

  /** The value, or null after its problems were added. */
  take<T>(checked: Checked<T>): T | null {
    if (checked.result === 'valid') return checked.value;
    this.add(...checked.problems);
    return null;
  }

  readDocument(path: string, text: string, firstLine = 1): TomlDocument | null {
    const read = readToml(path, text, firstLine);
    if (read.result === 'document') return read.document;
    this.add(read.problem);
    return null;
  }

  check<S extends z.ZodType>(schema: S, document: TomlDocument): z.output<S> | null {
    return this.take(check(schema, document));
  }

  /** By file, then by line. */
  sorted(): readonly InputError[] {
    const place = (problem: InputError): string => problem.path ?? '';
    return [...this.#found].sort(
      (a, b) =>
        place(a).localeCompare(place(b), 'en') ||
        (a.line ?? 0) - (b.line ?? 0) ||
        (a.column ?? 0) - (b.column ?? 0),
    );
  }
}
