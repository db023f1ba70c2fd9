// Answers a command or an option that does not exist with the one that was probably meant, or one that is still to come with what
// to use instead.
import { closest } from '../config/entry.ts';
import { InputError } from '../core/fault.ts';
import { COMMAND_GROUPS } from './command-table.ts';
import { LATER_COMMANDS } from './later.ts';

const SEE_ALL = 'see all commands with `governed-agents --help`';

export function refuseUnknownCommand(name: string, rest: readonly string[]): void {
  const later = LATER_COMMANDS.get(name);
  if (later !== undefined) {
    if (rest.includes('--help') || rest.includes('-h')) {
      process.stdout.write(`governed-agents ${name}: ${later.about}; not available yet.\n${later.instead}\n`);
      return;
    }
    throw notAvailable(name);
  }
  const names = COMMAND_GROUPS.flatMap((group) => group.commands.map((each) => each.name));
  const meant = closest(name, [...names, ...LATER_COMMANDS.keys()]);
  throw new InputError({
    code: 'unknown_command',
    message: `there is no command ${JSON.stringify(name)}`,
    hint: meant === null ? SEE_ALL : `did you mean \`governed-agents ${meant}\`?`,
  });
}

export function refuseUnknownOption(option: string): never {
  const meant = closest(option, ['--help', '--version', '--project', '--verbose', '--json']);
  throw new InputError({
    code: 'unknown_option',
    message: `there is no option ${option} before a command`,
    hint: meant === null ? SEE_ALL : `did you mean ${meant}?`,
  });
}

/** `name` is a key of LATER_COMMANDS. */
export function notAvailable(name: string): InputError {
  return new InputError({
    code: 'not_available',
    message: `\`${name}\` is not available yet`,
    hint: LATER_COMMANDS.get(name)?.instead ?? SEE_ALL,
  });
}
