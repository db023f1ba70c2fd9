// watchdog: by itself, for whoever supervises it with something else than the server.
import { visibleLine } from '../../core/visible-text.ts';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';

interface Options {
  readonly project?: string;
}

export const define: Define = (command) => {
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
      onLine: (line) => output.note(visibleLine(line)),
    });
  });
};
