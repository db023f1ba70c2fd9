// watchdog: by itself, for whoever supervises it with something else than the server.
import { Option } from 'commander';
import { visibleLine } from '../../core/visible-text.ts';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';

interface Options {
  readonly project?: string;
  readonly besideServer?: boolean;
}

/** So long a server may be away that is started again, and runs of its end. */
const BESIDE_SERVER_MS = 10_000;

export const define: Define = (command) => {
  command.addOption(new Option('--beside-server', 'started by a server, and goes after it').hideHelp());
  command.action(async (options: Options) => {
    const project = locateProject(options);
    const { runWatchdog } = await import('../../watchdog/entry.ts');
    const output = outputFor({});
    const ended = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => ended.abort());
    await runWatchdog({
      stateDir: project.state.dir,
      projectDir: project.dir,
      signal: ended.signal,
      endsAfterMs: options.besideServer === true ? BESIDE_SERVER_MS : null,
      onLine: (line) => output.note(visibleLine(line)),
    });
  });
};
