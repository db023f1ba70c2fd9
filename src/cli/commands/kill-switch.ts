// kill-switch: on, everything stops and nothing new starts, with or without a server; off is recorded by whoever answers.
import { Argument } from 'commander';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { reaching } from '../reach.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly reason?: string;
}

export const define: Define = (command) => {
  command
    .addArgument(new Argument('<state>', 'on or off').choices(['on', 'off']))
    .option('--reason <text>', 'why, for the record')
    .option('--json', 'print what was done as JSON')
    .action(killSwitch);
};

async function killSwitch(state: string, options: Options): Promise<void> {
  const project = locateProject(options);
  const reason = options.reason ?? `turned ${state} from the command line`;
  const output = reaching(outputFor(options), options);
  if (state === 'on') {
    const [{ stopNow }, { tellStopped }] = await Promise.all([
      import('../stop/stop-now.ts'),
      import('../stop/tell.ts'),
    ]);
    tellStopped(
      output,
      await stopNow(project, { action: 'kill-switch', word: undefined, all: true, reason }),
    );
    return;
  }
  const { killSwitchOff } = await import('../stop/go-on.ts');
  const changed = await killSwitchOff(project, reason);
  output.data({ action: 'kill-switch', on: false, changed });
  output.line(
    changed
      ? `${output.paint.green('✓')} the kill switch is off: agents may run again`
      : 'The kill switch was off already.',
  );
}
