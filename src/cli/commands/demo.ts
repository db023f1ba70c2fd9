// demo: the whole loop on real processes, with no model and no set-up.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';

export const define: Define = (command) => {
  command
    .option('--json', 'print what was shown as one JSON document')
    .action(async (options: { readonly json?: boolean }) => {
      const { playDemo } = await import('../demo/play.ts');
      await playDemo(outputFor(options));
    });
};
