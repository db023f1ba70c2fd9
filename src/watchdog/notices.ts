// What the watchdog tells whoever reads its output. What lasts is told when it begins, not on every look.

export interface Notices {
  say(line: string): void;
  /** Told once, until `over` says that it passed; `alsoOnce` is done together with it. */
  begin(matter: string, line: string, alsoOnce?: () => void): void;
  /** Tells the line only if the matter had begun. */
  over(matter: string, line?: string): void;
}

const MOST_MATTERS = 1_000;

export function createNotices(onLine: (line: string) => void): Notices {
  const begun = new Set<string>();
  return {
    say: onLine,
    begin(matter, line, alsoOnce) {
      if (begun.has(matter)) return;
      if (begun.size >= MOST_MATTERS) begun.clear();
      begun.add(matter);
      onLine(line);
      alsoOnce?.();
    },
    over(matter, line) {
      if (begun.delete(matter) && line !== undefined) onLine(line);
    },
  };
}

/** What went wrong and what to do, in one line. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = 'hint' in error && typeof error.hint === 'string' ? ` (${error.hint})` : '';
  return `${error.message}${hint}`;
}
