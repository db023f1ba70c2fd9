// How this binary is started again: by the same Node, from the same file.
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function ownCommand(args: readonly string[]): readonly [string, ...string[]] {
  return [process.execPath, ownFile(), ...args];
}

/** Where the build put them: beside the binary. */
export function dashboardDir(): string {
  return join(dirname(ownFile()), 'dashboard');
}

export function actionsDir(): string {
  return join(dirname(ownFile()), 'actions');
}

export function ownFile(): string {
  const file = process.argv[1];
  if (file === undefined) throw new Error('this process was started without a file');
  return realpathSync(file);
}
