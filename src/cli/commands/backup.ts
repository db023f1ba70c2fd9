// backup: a consistent copy of the store while everything runs; never over a file that is there.
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError, OperationError } from '../../core/fault.ts';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

export const define: Define = (command) => {
  command
    .argument('<file>', 'where to; must not exist')
    .option('--json', 'print what was copied as JSON')
    .action(backup);
};

async function backup(name: string, options: Options): Promise<void> {
  const project = locateProject(options);
  const file = resolve(name);
  if (existsSync(file)) {
    throw new InputError({
      code: 'would_overwrite',
      message: `${file} exists; nothing was written`,
      path: file,
      hint: 'name a new file',
    });
  }
  if (!existsSync(dirname(file))) {
    throw new InputError({
      code: 'usage',
      message: `the folder ${dirname(file)} does not exist`,
      path: file,
      hint: 'make it first',
    });
  }
  const [{ openForReading }, { readTip }, { writeFileSync }] = await Promise.all([
    import('../state.ts'),
    import('../../store/entry.ts'),
    import('node:fs'),
  ]);
  const store = openForReading(project);
  try {
    // Its owner's alone from the first byte on.
    writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
    store.backup(file);
  } catch (cause) {
    throw new OperationError({
      op: 'write the backup',
      code: 'backup_failed',
      message: `the backup ${file} can't be written`,
      hint: 'check the folder and its free space, remove what was begun, and try again',
      cause,
    });
  } finally {
    store.close();
  }
  const { openStore } = await import('../../store/entry.ts');
  const copy = openStore(file, { mode: 'read', busyMs: 1_000 });
  const tip = readTip(copy);
  copy.close();
  const output = outputFor(options);
  output.data({ file, bytes: statSync(file).size, events: tip.seq, hash: tip.hash });
  output.line(`${output.paint.green('✓')} ${file} (${statSync(file).size} bytes)`);
  output.line(
    `  holds  the record up to event ${tip.seq} (${tip.hash.slice(0, 16)}), proposals, runs, spend and the accepted rules`,
  );
  output.line(
    '  not    the keys, the transcripts of runs, and audit.jsonl, which is written anew from the store',
  );
}
