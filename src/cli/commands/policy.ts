// policy: validates the governing files, and asks the rules what they say of one action.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import type { SimulateOptions } from '../rules/simulate-policy.ts';

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
    .argument('<action>', 'an action type such as send_email, or tool:NAME, llm_call, run_start')
    .option('--payload <json>', 'its payload or input: JSON, @FILE, or - for stdin')
    .option('--result <json>', 'what the tool brought back: asks about that, not about the call')
    .option('--resource <text>', 'what it acts on, for a payload or the input of a known tool without it')
    .option('--agent <id>', 'the agent that would do it; else the operator')
    .option('--run <run>', 'the run in which it would; else the live one, or one that has just begun')
    .option('--model <name>', 'of an llm_call or run_start')
    .option('--cost-usd <x>', 'what it is expected to cost')
    .option('--at <time>', 'when it would happen')
    .option('--irreversible', 'as if the agent called it irreversible')
    .option('--asks-approval', 'as if the agent asked for a person')
    .option('--json', 'print the answer as JSON')
    .action(async (action: string) => {
      const options: Options = explain.optsWithGlobals();
      const { explainAction } = await import('../rules/explain-action.ts');
      await explainAction(locateProject(options), outputFor(options), action, explain.optsWithGlobals());
    });
  const test = command.command('test').description('run the [[test]] cases of policy.toml');
  test
    .argument('[file]', 'another file, in place of policy.toml')
    .option('--json', 'print every case as JSON')
    .action(async (file: string | undefined) => {
      const options: Options = test.optsWithGlobals();
      const { testPolicy } = await import('../rules/test-policy.ts');
      await testPolicy(locateProject(options), outputFor(options), file);
    });
  const simulate = command
    .command('simulate')
    .description('replay the recorded actions against changed rules, and show what would come out otherwise');
  simulate
    .argument('[file]', 'a changed policy.toml; else the edited files of the project')
    .option(
      '--since <time>',
      'only what was done since: 7d, 12h, 2026-11-20, 2026-11-20T18:00:00Z; else everything',
    )
    .option('--limit <n>', 'at most so many examples', '10')
    .option('--json', 'print the result as JSON')
    .action(async (file: string | undefined) => {
      const options: Options & SimulateOptions = simulate.optsWithGlobals();
      const { simulatePolicy } = await import('../rules/simulate-policy.ts');
      await simulatePolicy(locateProject(options), outputFor(options), file, options);
    });
};
