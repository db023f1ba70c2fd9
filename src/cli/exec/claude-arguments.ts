// Reads the arguments of a `claude -p …` that a person typed: what is kept under governance, what becomes a rule, and what is left out
// because it would open the gate. An argument that is not known here is refused rather than guessed at.
import { InputError } from '../../core/fault.ts';
import { claudeWords, type OutputFormat, toPatterns } from './claude-values.ts';
import { type CliArguments, readModel, readOption, splitOption } from './cli-arguments.ts';
import { splitPatterns } from './tool-patterns.ts';

type Treatment =
  | 'print'
  | 'keep'
  | 'keep value'
  | 'append'
  | 'schema'
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
  '--append-system-prompt': 'append',
  '--system-prompt': 'keep value',
  '--fallback-model': 'keep value',
  '--effort': 'keep value',
  '--json-schema': 'schema',
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

/** The tool that hands over an answer in the form that --json-schema asks for. */
const ANSWERS_BY = 'StructuredOutput';

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
  const harmless: string[] = [];
  const appended: string[] = [];
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
    const treatment = TREATMENTS[splitOption(arg).name];
    if (treatment === undefined) throw unknown(splitOption(arg).name);
    const takesValue = !['print', 'keep', 'leave out'].includes(treatment);
    const { name, value, took } = readOption(args, at, takesValue, 'claude');
    at += took;
    if (treatment === 'keep') kept.push(name);
    else if (treatment === 'keep value') kept.push(name, value);
    else if (treatment === 'append') appended.push(value);
    else if (treatment === 'schema') {
      kept.push(name, value);
      harmless.push(ANSWERS_BY);
    } else if (treatment === 'output') output = readFormat(value);
    else if (treatment === 'model') model = readModel(name, value, 'claude');
    else if (treatment === 'allow') allow.push(...splitPatterns(value, name).flatMap(toPatterns));
    else if (treatment === 'deny') deny.push(...splitPatterns(value, name).flatMap(toPatterns));
    else if (treatment !== 'print' && !SAID_ANYWAY.has(name))
      leftOut.push(took === 1 ? `${arg} ${value}` : arg);
  }
  if (words.length > 1) throw twoPrompts(words);
  return {
    prompt: words[0] ?? null,
    words: claudeWords(output),
    model,
    kept,
    allow,
    deny,
    harmless,
    appended: appended.length === 0 ? null : appended.join('\n\n'),
    leftOut,
  };
}

function readFormat(value: string): OutputFormat {
  if (value === 'text' || value === 'json' || value === 'stream-json') return value;
  throw new InputError({
    code: 'usage',
    message: `--output-format ${JSON.stringify(value)} is none that claude has`,
    hint: 'write text, json or stream-json',
  });
}

const OF_SESSIONS = new Set(['-c', '-r', '--continue', '--resume', '--session-id', '--fork-session']);
const HINTS: Readonly<Record<string, string>> = {
  '--add-dir': 'leave it out: it works in the folder that exec is started in; start it above both',
  '--tools': 'say it before the --: governed-agents exec --tools "Read,Bash(npm test)" -- claude -p …',
};

function unknown(name: string): InputError {
  if (OF_SESSIONS.has(name)) {
    return new InputError({
      code: 'usage',
      message: `claude’s ${name} is about a session, and none is kept between governed runs; nothing was started`,
      hint: 'leave it out, and say in the prompt what is to go on',
    });
  }
  return new InputError({
    code: 'usage',
    message: `claude’s ${name} is not known here, so it can’t be said whether it keeps the gate shut; nothing was started`,
    hint: HINTS[name] ?? 'leave it out',
  });
}

function twoPrompts(words: readonly string[]): InputError {
  return new InputError({
    code: 'usage',
    message: `claude takes one prompt, and here are ${words.length}: ${words.map((word) => JSON.stringify(word)).join(', ')}`,
    hint: 'put the prompt in quotes, and lists of tools too: --allowedTools "Read,Bash(npm test)"',
  });
}
