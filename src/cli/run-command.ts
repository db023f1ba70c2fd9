// Hands what was typed to commander, which knows only the one command that is run.
import { Command, type CommanderError } from 'commander';
import { InputError } from '../core/fault.ts';
import type { CommandEntry, CommandModule } from './command-table.ts';
import { paintFor } from './terminal.ts';

export async function runCommand(
  entry: CommandEntry,
  { define }: CommandModule,
  args: readonly string[],
): Promise<void> {
  const program = new Command('governed-agents').helpCommand(false);
  const command = program.command(entry.name).description(entry.about);
  define(command);
  prepare(command, entry.name);
  try {
    await program.parseAsync([entry.name, ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    if (error.why.code === 'commander.help') throw subcommandMissing(command);
    if (error.why.exitCode !== 0) throw asInputError(error, args);
  }
}

/** Commander ended it: with a help text, or with something that is wrong with what was typed. */
class Ended extends Error {
  readonly why: CommanderError;
  /** "budget raise": whose help says more. */
  readonly path: string;

  constructor(why: CommanderError, path: string) {
    super(why.message);
    this.why = why;
    this.path = path;
  }
}

function subcommandMissing(command: Command): InputError {
  const known = command.commands.map((each) => each.name()).join(', ');
  return new InputError({
    code: 'usage',
    message: `${command.name()} needs to be told what to do: ${known}`,
    hint: `see \`governed-agents ${command.name()} --help\``,
  });
}

/** What every command has, down to its subcommands. */
function prepare(command: Command, path: string): void {
  const paint = paintFor(process.stdout);
  // exec is for the folder that it is called in.
  if (command.name() !== 'exec') {
    command.option(
      '-C, --project <dir>',
      'the project (default: the nearest folder upwards with governed.toml)',
    );
  }
  command
    .option('--verbose', 'stack traces of errors')
    .helpOption('-h, --help', 'this text; touches nothing')
    .exitOverride((why) => {
      throw new Ended(why, path);
    })
    .showSuggestionAfterError(true)
    .configureOutput({ writeErr: () => undefined })
    .configureHelp({ styleTitle: (title) => paint.bold(title) });
  for (const each of command.commands) prepare(each, `${path} ${each.name()}`);
}

function asInputError({ why: error, path }: Ended, args: readonly string[]): InputError {
  const [what = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const isUnknown = error.code === 'commander.unknownOption';
  if (path === 'exec' && isUnknown && suggestion === undefined && !args.includes('--'))
    return new InputError({
      code: 'unknown_option',
      message: what,
      hint: 'what belongs to the command stands after --, for example governed-agents exec --budget-usd 2 -- claude -p "fix the tests"',
    });
  const meant = suggestion === undefined ? null : /\(Did you mean (.*)\?\)/.exec(suggestion)?.[1];
  return new InputError({
    code: isUnknown ? 'unknown_option' : 'usage',
    message: what,
    hint:
      meant === undefined || meant === null
        ? `see \`governed-agents ${path} --help\``
        : `did you mean ${meant}? see \`governed-agents ${path} --help\``,
  });
}
