// Reads the arguments of a `claude -p …` that a person typed: what is kept under governance, what becomes a rule, and what is left out
// because it would open the gate. An argument that is not known here is refused rather than guessed at.
import { InputError } from '../../core/fault.ts';
import { claudeWords, type OutputFormat, splitPatterns, toPatterns } from './claude-values.ts';
import { type CliArguments, splitOption } from './cli-arguments.ts';

type Treatment =
  | 'print'
  | 'keep'
  | 'keep value'
  | 'leave out'
  | 'leave out value'
  | 'output'
  | 'model'
  | 'allow'
  | 'deny';

const TREATMENTS: Readonly<Record<string, Treatment>> = {
  '-p': 'print',
  '--print': 'print',
  '--output-format': 'output',
  '--model': 'model',
  '--allowed-tools': 'allow',
  '--allowedTools': 'allow',
  '--disallowed-tools': 'deny',
  '--disallowedTools': 'deny',
  '--append-system-prompt': 'keep value',
  '--system-prompt': 'keep value',
  '--fallback-model': 'keep value',
  '--effort': 'keep value',
  '--json-schema': 'keep value',
  '--max-turns': 'keep value',
  '--max-budget-usd': 'keep value',
  '--no-session-persistence': 'keep',
  '--verbose': 'leave out',
  '--strict-mcp-config': 'leave out',
  '--dangerously-skip-permissions': 'leave out',
  '--allow-dangerously-skip-permissions': 'leave out',
  '--include-partial-messages': 'leave out',
  '--permission-mode': 'leave out value',
  '--permission-prompt-tool': 'leave out value',
  '--settings': 'leave out value',
  '--setting-sources': 'leave out value',
  '--mcp-config': 'leave out value',
};

/** So it is in every governed run. */
const SAID_ANYWAY = new Set(['--verbose', '--strict-mcp-config']);

/** Null: without -p it talks with a person on the terminal, and nothing of it can be gated. */
export function readClaudeArguments(args: readonly string[]): CliArguments | null {
  if (!args.some((arg) => arg === '-p' || arg === '--print')) return null;
  const words: string[] = [];
  const kept: string[] = [];
  const leftOut: string[] = [];
  const allow: string[] = [];
  const deny: string[] = [];
  let output: OutputFormat = 'text';
  let model: string | null = null;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--') {
      words.push(...args.slice(at + 1));
      break;
    }
    if (!arg.startsWith('-')) {
      words.push(arg);
      continue;
    }
    const { name, value: joined } = splitOption(arg);
    const treatment = TREATMENTS[name];
    if (treatment === undefined) throw unknown(name);
    const takesValue = !['print', 'keep', 'leave out'].includes(treatment);
    const value = joined ?? (takesValue ? args[at + 1] : undefined) ?? '';
    if (takesValue && joined === null) at += 1;
    if (treatment === 'keep') kept.push(name);
    else if (treatment === 'keep value') kept.push(name, value);
    else if (treatment === 'output') output = readFormat(value);
    else if (treatment === 'model') model = value;
    else if (treatment === 'allow') allow.push(...splitPatterns(value).flatMap(toPatterns));
    else if (treatment === 'deny') deny.push(...splitPatterns(value).flatMap(toPatterns));
    else if (treatment !== 'print' && !SAID_ANYWAY.has(name)) leftOut.push(arg);
  }
  if (words.length > 1) throw twoPrompts(words);
  return { prompt: words[0] ?? null, words: claudeWords(output), model, kept, allow, deny, leftOut };
}

function readFormat(value: string): OutputFormat {
  if (value === 'text' || value === 'json' || value === 'stream-json') return value;
  throw new InputError({
    code: 'usage',
    message: `--output-format ${JSON.stringify(value)} is none that claude has`,
    hint: 'write text, json or stream-json',
  });
}

function unknown(name: string): InputError {
  return new InputError({
    code: 'usage',
    message: `claude’s ${name} is not known here, so it can’t be said whether it keeps the gate shut; nothing was started`,
    hint: 'leave it out; sessions (--resume, --continue) are not kept between governed runs',
  });
}

function twoPrompts(words: readonly string[]): InputError {
  return new InputError({
    code: 'usage',
    message: `claude takes one prompt, and here are ${words.length}: ${words.map((word) => JSON.stringify(word)).join(', ')}`,
    hint: 'put the prompt in quotes, and lists of tools too: --allowedTools "Read,Bash(npm test)"',
  });
}
