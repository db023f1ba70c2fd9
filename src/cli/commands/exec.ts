// exec: governs any command in any folder at once.
import type { Define } from '../command-table.ts';

export const define: Define = (command) => {
  command
    .argument('<command...>', 'after --: what to run, with its arguments')
    .option('--budget-usd <x>', 'the most that it may spend, in dollars (5 when nothing is said)')
    .option('--budget-tokens <n>', 'the most tokens that it may use')
    .option(
      '--max-output-tokens <n>',
      'the longest answer of its model: so much less is reserved for a call, and what asks for more is cut there',
    )
    .option(
      '--timeout <time>',
      'how long it may run, such as 30m; not while paused, and while held only what it works',
    )
    .option(
      '--tools <patterns>',
      'what claude and codex may do without asking, such as "Read,Bash(npm test)"; all else is denied',
    )
    .option(
      '--confine <mode>',
      'auto: in a jail where there can be one; required: not without; off: as you, with all that you can reach',
      'auto',
    )
    .action(async (words: readonly string[]) => {
      const { execCommand } = await import('../exec/exec-command.ts');
      await execCommand(words, command.opts());
    });
};
