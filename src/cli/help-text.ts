// The list of commands, for `--help` and for nothing at all.
import { COMMAND_GROUPS } from './command-table.ts';
import { hasColour } from './has-colour.ts';

const NAME_WIDTH = 44;

export function writeHelp(stream: NodeJS.WriteStream): void {
  stream.write(helpText(hasColour(stream) ? (text) => `\u001b[1m${text}\u001b[22m` : (text) => text));
}

function helpText(bold: (text: string) => string): string {
  const lines = [
    'Usage: governed-agents [-C DIR] <command> [options]',
    '',
    'The layer between autonomous agents and the world: a gate, a ledger, a watchdog and a record.',
  ];
  for (const group of COMMAND_GROUPS) {
    lines.push('', bold(group.title));
    for (const { name, usage, about } of group.commands) {
      lines.push(`  ${`${name} ${usage}`.trimEnd().padEnd(NAME_WIDTH)} ${about}`);
    }
  }
  lines.push(
    '',
    bold('Everywhere'),
    `  ${'-C, --project DIR'.padEnd(NAME_WIDTH)} the project (default: the nearest folder upwards with governed.toml)`,
    `  ${'--json'.padEnd(NAME_WIDTH)} data as JSON, errors as {"error":{code,detail,hint}}`,
    `  ${'--verbose'.padEnd(NAME_WIDTH)} stack traces of errors`,
    `  ${'-h, --help · -V, --version'.padEnd(NAME_WIDTH)} touch nothing`,
    '',
    bold('Exit codes'),
    '  0 done · 1 the thing failed · 2 usage or configuration · 3 refused to overwrite · 4 server unreachable ·',
    '  5 denied · 6 over budget · 7 paused or killed · 8 the record does not verify · 9 edited rules are not accepted',
    '',
    'New here? `governed-agents demo` shows why this exists; `governed-agents init` makes a project.',
  );
  return `${lines.join('\n')}\n`;
}
