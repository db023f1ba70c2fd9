// serve: the server in this terminal, until Ctrl-C.
import { Option } from 'commander';
import type { Define } from '../command-table.ts';

export const define: Define = (command) => {
  command
    .option('--port <n>', 'instead of [server] port in governed.toml; 0: any free one')
    .option('--no-watchdog', 'start no watchdog beside it')
    .option('--no-open', 'open no browser')
    .option('--json', 'print where it serves as one line of JSON')
    .addOption(new Option('--background', 'started by up').hideHelp())
    .action(async () => {
      const { serveCommand } = await import('../background/serve-command.ts');
      await serveCommand(command.opts());
    });
};
