// Makes a command run the accepted copy of every governing file it names, so that what runs is what was accepted even while the
// project's own files are being edited.
import { isAbsolute, join, posix, relative } from 'node:path';
import type { Bundle } from './bundle.ts';

export interface CommandPlace {
  /** The folder, relative to the project, that the arguments are written from: "agents/noop", or "." */
  readonly base: string;
  readonly snapshotDir: string;
  readonly bundle: Bundle;
  /** An absolute argument inside it is understood too. */
  readonly projectDir?: string;
}

/** The same arguments, with the absolute path of its accepted copy for each one that names a governing file. */
export function resolveCommand(args: readonly string[], place: CommandPlace): readonly string[] {
  return args.map((arg) => {
    const path = governingPath(arg, place);
    return path === null ? arg : join(place.snapshotDir, path);
  });
}

/** Relative to the project; null for anything but the exact name of a governing file. */
export function governingPath(
  arg: string,
  place: Pick<CommandPlace, 'base' | 'bundle' | 'projectDir'>,
): string | null {
  if (arg === '' || arg.includes('\0')) return null;
  const path = isAbsolute(arg)
    ? place.projectDir === undefined
      ? null
      : relative(place.projectDir, arg)
    : posix.join(place.base, arg);
  return path !== null && place.bundle.files.has(path) ? path : null;
}
