// audit: query and verify the record, and print its signed head.
import type { Command } from 'commander';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

interface VerifyOptions extends Options {
  readonly against?: string;
}

export const define: Define = (command) => {
  const list = command.command('list').description('events, newest first');
  list
    .option('--agent <id>', 'of this agent, or the beginning of its name')
    .option('--run <id>', 'of this run, or the beginning of its id')
    .option('--proposal <id>', 'of this proposal, or the beginning of its id')
    .option('--type <type>', 'of this type; `audit_flag_*` is every type that begins so')
    .option('--since <time>', 'not before: 2026-11-20, 2026-11-20T12:00:00Z, or 30m, 12h, 7d ago')
    .option('--until <time>', 'not after')
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print the events as JSON')
    .action(async () => {
      const options: Options = list.optsWithGlobals();
      const { listEvents } = await import('../record/list-events.ts');
      await listEvents(locateProject(options), outputFor(options), list.optsWithGlobals());
    });
  const verify = command
    .command('verify')
    .description('walk the whole chain; exits 8 when it does not verify');
  verify
    .option('--against <head>', 'a file with a signed head that was kept elsewhere')
    .option('--json', 'print the result as JSON')
    .action(async () => {
      const options: VerifyOptions = verify.optsWithGlobals();
      const { verifyCommand } = await import('../record/verify-command.ts');
      verifyCommand(locateProject(options), outputFor(options), options.against);
    });
  const head = command.command('head').description('the newest hash, signed: keep it in another place');
  head.option('--json', 'the same: a head is JSON').action(async () => {
    const { printHead } = await import('../record/print-head.ts');
    printHead(locateProject(head.optsWithGlobals()));
  });
  for (const name of ['export', 'restore']) addLater(command, 'audit', name);
};

export function addLater(command: Command, parent: string, name: string): void {
  command
    .command(`${name} [anything...]`, { hidden: true })
    .allowUnknownOption()
    .action(async () => {
      const { notAvailable } = await import('../unknown-command.ts');
      throw notAvailable(`${parent} ${name}`);
    });
}
