// Where this package keeps the two programs that go into jails: each one file that needs nothing beside it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../config/package-root.ts';
import { OperationError } from '../../core/fault.ts';

export interface ConfinePrograms {
  readonly door: string;
  /** The probes of the self-test. */
  readonly program: string;
}

export function confinePrograms(): ConfinePrograms {
  const folder = join(packageRoot(), 'dist', 'confine');
  const programs = { door: join(folder, 'door.mjs'), program: join(folder, 'probe.mjs') };
  const missing = Object.values(programs).find((path) => !existsSync(path));
  if (missing === undefined) return programs;
  throw new OperationError({
    op: 'find the programs of the jail',
    code: 'confine_programs_missing',
    message: `${missing} is missing from this installation.`,
    hint: 'Install governed-agents again, or run `npm run build` in its source.',
  });
}
