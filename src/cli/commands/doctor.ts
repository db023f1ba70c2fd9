// doctor: what works on this machine, each thing tried out.
import { Option } from 'commander';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly tryAsAgent?: boolean;
}

export const define: Define = (command) => {
  command
    .option('--json', 'print the findings as JSON')
    .addOption(new Option('--try-as-agent', 'the throwaway process that tries').hideHelp())
    .action(async (options: Options) => {
      if (options.tryAsAgent === true) {
        const { tryAsAgent } = await import('../doctor/try-as-agent.ts');
        await tryAsAgent();
        return;
      }
      const { runDoctor } = await import('../doctor/run-doctor.ts');
      await runDoctor(options, outputFor(options));
    });
};
