// Reads the arguments of a `codex exec …` that a person typed: what is kept under governance, and what is left out because it would open
// the gate. An argument that is not known here is refused rather than guessed at.
import { realpathSync } from 'node:fs';
import { InputError } from '../../core/fault.ts';
import { type CliArguments, readModel, readOption, splitOption } from './cli-arguments.ts';
import { codexWords } from './codex-words.ts';
import { lastMessageInto } from './last-message.ts';

type Treatment =
  | 'model'
  | 'json'
  | 'last message'
  | 'setting'
  | 'leave out'
  | 'leave out value'
  | 'no matter'
  | 'no matter value';

const TREATMENTS: Readonly<Record<string, Treatment>> = {
  '-m': 'model',
  '--model': 'model',
  '--json': 'json',
  '-o': 'last message',
  '--output-last-message': 'last message',
  '-c': 'setting',
  '--config': 'setting',
  // So it is in every governed run.
  '--skip-git-repo-check': 'no matter',
  '--ephemeral': 'no matter',
  '--ignore-user-config': 'no matter',
  '--ignore-rules': 'no matter',
  '--color': 'no matter value',
  '-s': 'leave out value',
  '--sandbox': 'leave out value',
  '--full-auto': 'leave out',
  '--approve-for-me': 'leave out',
  '--dangerously-bypass-approvals-and-sandbox': 'leave out',
  '--yolo': 'leave out',
  '--dangerously-bypass-hook-trust': 'leave out',
  '--trust': 'leave out',
};

/** How it thinks and writes; any other setting could open the gate. */
const SETTINGS = /^(model_reasoning_effort|model_reasoning_summary|model_verbosity)=[\w"'-]+$/;

/** Null: it is not `codex exec`, and nothing of it can be gated. */
export function readCodexArguments(args: readonly string[]): CliArguments | null {
  const exec = args.findIndex((arg) => arg === 'exec' || arg === 'e');
  if (exec < 0) return null;
  const rest = args.filter((_arg, at) => at !== exec);
  const words: string[] = [];
  const kept: string[] = [];
  const leftOut: string[] = [];
  let model: string | null = null;
  let isJson = false;
  let lastMessage: string | null = null;
  for (let at = 0; at < rest.length; at += 1) {
    const arg = rest[at] ?? '';
    if (arg === '--') {
      words.push(...rest.slice(at + 1));
      break;
    }
    if (arg === '-' || !arg.startsWith('-')) {
      words.push(arg);
      continue;
    }
    const treatment = TREATMENTS[splitOption(arg).name];
    // What its subcommands take is no help in saying that there are none here.
    if (isSubcommand(words[0])) throw noSubcommand(words[0]);
    if (treatment === undefined) throw unknown(splitOption(arg).name);
    const takesValue = !['json', 'leave out', 'no matter'].includes(treatment);
    const { name, value, took } = readOption(rest, at, takesValue, 'codex');
    at += took;
    if (treatment === 'model') model = readModel(name, value, 'codex');
    else if (treatment === 'json') isJson = true;
    else if (treatment === 'last message') lastMessage = value;
    else if (treatment === 'setting') kept.push('-c', setting(value));
    else if (treatment.startsWith('leave out')) leftOut.push(took === 1 ? `${arg} ${value}` : arg);
  }
  const [prompt = null, another] = words;
  if (isSubcommand(prompt)) throw noSubcommand(prompt);
  if (another !== undefined) throw notOnePrompt(words);
  // Only now is nothing left that could be refused: the file is made.
  const keepLast = lastMessage === null ? null : lastMessageInto(lastMessage, realpathSync(process.cwd()));
  return {
    prompt: prompt === '-' ? null : prompt,
    model,
    kept,
    allow: [],
    deny: [],
    harmless: [],
    appended: null,
    leftOut,
    words: codexWords({ isJson, keepLast }),
  };
}

function setting(value: string): string {
  if (SETTINGS.test(value)) return value;
  throw new InputError({
    code: 'usage',
    message: `codex’s -c ${JSON.stringify(value)} is not known here, so it can’t be said whether it keeps the gate shut; nothing was started`,
    hint: 'leave it out; model_reasoning_effort, model_reasoning_summary and model_verbosity are passed on',
  });
}

function unknown(name: string): InputError {
  return new InputError({
    code: 'usage',
    message: `codex’s ${name} is not known here, so it can’t be said whether it keeps the gate shut; nothing was started`,
    hint: 'leave it out; for another folder, start exec there',
  });
}

const SUBCOMMANDS = {
  resume: {
    does: 'goes on with a session, and none is kept between governed runs',
    instead: 'say in a prompt what is to go on: codex exec "go on with the tests"',
  },
  review: {
    does: 'is not known here, so it can’t be said whether it keeps the gate shut',
    instead: 'say it in a prompt: codex exec "review the changes of the last commit"',
  },
} as const;

function isSubcommand(word: string | null | undefined): word is keyof typeof SUBCOMMANDS {
  return word !== null && word !== undefined && Object.hasOwn(SUBCOMMANDS, word);
}

function noSubcommand(name: keyof typeof SUBCOMMANDS): InputError {
  const { does, instead } = SUBCOMMANDS[name];
  return new InputError({
    code: 'usage',
    message: `\`codex exec ${name}\` ${does}; nothing was started`,
    hint: instead,
  });
}

function notOnePrompt(words: readonly string[]): InputError {
  return new InputError({
    code: 'usage',
    message: `codex exec takes one prompt, and here are ${words.length}: ${words.map((word) => JSON.stringify(word)).join(', ')}`,
    hint: 'put the prompt in quotes: codex exec "fix the tests"',
  });
}
