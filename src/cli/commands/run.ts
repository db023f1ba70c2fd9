// run: one governed run of an agent, live on a terminal.
import type { Define } from '../command-table.ts';

export const define: Define = (command) => {
  command
    .argument('<agent>', 'an agent, or the beginning of its name')
    .argument('[task]', 'a task of it; none: its only one, or smoke')
    .option('-p, --prompt <text>', 'instead of the task’s text; - reads it from stdin')
    .option('--budget-usd <x>', 'a cap of this run alone, in dollars')
    .option('--group <name>', 'share the caps of [groups.<name>] with its other runs')
    .option('-d, --detach', 'in the background; prints the id of the run')
    .option('--no-watchdog', 'start without a live watchdog; recorded')
    .option('--json', 'print how it ended as JSON, and its transcript on stderr')
    .action(async (agent: string, task: string | undefined) => {
      const { runCommand } = await import('../live/run-command.ts');
      await runCommand(agent, task, command.opts());
    });
};
