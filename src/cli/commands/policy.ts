// policy: validates the governing files, and asks the rules what they say of one action.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { addLater } from './audit.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

export const define: Define = (command) => {
  const check = command
    .command('check')
    .description('every problem of the governing files, with file and line');
  check.option('--json', 'print the result as JSON').action(async () => {
    const options: Options = check.optsWithGlobals();
    const { checkRules } = await import('../rules/check-rules.ts');
    await checkRules(locateProject(options), outputFor(options));
  });
  const explain = command.command('explain').description('what the rules in force say of an action, and why');
  explain
    .argument('<action>', 'an action type, such as send_email')
    .option('--payload <json>', 'its payload')
    .option('--agent <id>', 'the agent that would propose it')
    .option('--at <time>', 'when it would')
    .option('--irreversible', 'as if the agent called it irreversible')
    .option('--json', 'print the answer as JSON')
    .action(async (action: string) => {
      const options: Options = explain.optsWithGlobals();
      const { explainAction } = await import('../rules/explain-action.ts');
      explainAction(locateProject(options), outputFor(options), action, explain.optsWithGlobals());
    });
  for (const name of ['test', 'simulate']) addLater(command, 'policy', name);
};
