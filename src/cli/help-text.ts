// The list of commands, for `--help` and for nothing at all.
import { COMMAND_GROUPS } from './command-table.ts';
import { hasColour } from './has-colour.ts';
import { foldedParts, foldedWords } from './show/folded-words.ts';

/** Of names and options; on a narrower terminal long ones have a line to themselves. */
const NAME_WIDTH = 44;
const NARROW_NAME_WIDTH = 28;
const NARROW = 110;
/** Nobody reads longer lines of small print gladly. */
const EXIT_CODES_WIDTH = 116;

const EXIT_CODES = [
  '0 done',
  '1 the thing failed',
  '2 usage or configuration',
  '3 refused to overwrite',
  '4 server unreachable',
  '5 denied',
  '6 over budget',
  '7 paused or killed',
  '8 the record does not verify',
  '9 edited rules are not accepted',
];

export function writeHelp(stream: NodeJS.WriteStream): void {
  const bold = hasColour(stream) ? (text: string) => `\u001b[1m${text}\u001b[22m` : (text: string) => text;
  const isWide = stream.isTTY !== true || stream.columns === undefined || stream.columns <= 0;
  stream.write(helpText(bold, isWide ? Number.POSITIVE_INFINITY : stream.columns));
}

export function helpText(bold: (text: string) => string, width: number): string {
  const nameWidth = width < NARROW ? NARROW_NAME_WIDTH : NAME_WIDTH;
  const line = (name: string, about: string): string => {
    const lead = `  ${name.padEnd(nameWidth)} `;
    const indent = nameWidth + 3;
    return name.length <= nameWidth
      ? foldedWords(`${lead}${about}`, width, indent)
      : `${lead.trimEnd()}\n${foldedWords(`${' '.repeat(indent)}${about}`, width, indent)}`;
  };
  const lines = [
    'Usage: governed-agents [-C DIR] <command> [options]',
    '',
    foldedWords(
      'The layer between autonomous agents and the world: a gate, a ledger, a watchdog and a record.',
      width,
      0,
    ),
  ];
  for (const group of COMMAND_GROUPS) {
    lines.push('', bold(group.title));
    for (const { name, usage, about } of group.commands)
      lines.push(line(`${name} ${usage}`.trimEnd(), about));
  }
  lines.push(
    '',
    bold('Everywhere'),
    line('-C, --project DIR', 'the project (default: the nearest folder upwards with governed.toml)'),
    line('--json', 'data as JSON, errors as {"error":{code,detail,hint}}'),
    line('--verbose', 'stack traces of errors'),
    line('-h, --help · -V, --version', 'touch nothing'),
    '',
    bold('Exit codes'),
    `  ${foldedParts(EXIT_CODES, Math.min(width, EXIT_CODES_WIDTH) - 2, 0).replaceAll('\n', '\n  ')}`,
    '',
    foldedWords(
      'New here? `governed-agents demo` shows why this exists; `governed-agents init` makes a project.',
      width,
      0,
    ),
  );
  return `${lines.join('\n')}\n`;
}
