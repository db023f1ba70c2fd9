// Finds out whether this very program can be governed, by trying to get past the gate before any task is given to it: with a model of our
// own, in an empty folder whose settings would let everything through. What held is remembered by the program's hash, its
// arguments and its sandbox.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { killTree } from '../../../process/entry.ts';
import { holdsOnce } from '../probe-mark.ts';
import type { ProgramFiles } from '../program-of-agent.ts';
import type { ToolGate, ToolVerdict } from '../tool-gate.ts';
import { tryProgram } from '../try-program.ts';
import { codexConversation } from './conversation.ts';
import { probeModel } from './probe-model.ts';
import { LET_THROUGH, setBait, stepsFor, tracesIn, WRITE_RULES } from './probe-steps.ts';
import { codexArguments, codexThread, sandboxOf } from './profile.ts';

export interface CodexProbeOptions extends ProgramFiles {
  readonly kept: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly isJailed: boolean;
  readonly cacheDir: string;
}

const PROBE_VERSION = 2;
const NO_TOOLS = { allow: [], require_approval: [], deny: [] };

/** Throws an OperationError that says which way past the gate is open, or why that could not be found out. */
export async function probeCodex(options: CodexProbeOptions): Promise<void> {
  const probed = {
    name: 'codex',
    title: 'Codex',
    program: options.program,
    executables: options.executables,
    args: [sandboxOf(options), ...options.kept],
    version: PROBE_VERSION,
    cacheDir: options.cacheDir,
    hint: 'use another version (0.169.0 holds), or adapter = "command" for a run whose tools are not gated',
  } as const;
  await holdsOnce(probed, () => tryGate(options));
}

/** Null when the gate held. Beside the cache, since its sandbox can't be made under the folder for temporary files. */
async function tryGate(options: CodexProbeOptions): Promise<string | null> {
  mkdirSync(options.cacheDir, { recursive: true, mode: 0o700 });
  const dir = mkdtempSync(join(options.cacheDir, 'try-'));
  const traces = tracesIn(dir);
  setBait(dir, traces);
  const model = await probeModel(stepsFor(traces));
  try {
    const talk = await converse(options, dir, model.url);
    if (talk.bypass !== null) return talk.bypass;
    if (talk.gap !== null) return talk.gap;
    if (talk.verdict !== 'succeeded') return `it did not get to its end${talk.said}`;
    if (existsSync(traces.hook))
      return 'a hook of the folder it works in ran, which its settings must not reach';
    if (!talk.asked.has('Bash pwd')) return 'it ran a command that it holds for safe without asking';
    if (existsSync(traces.denied)) return 'it ran a command that was denied';
    if (!talk.asked.has(`Bash ${WRITE_RULES}`)) return 'it did not try all that it was asked to';
    if (existsSync(traces.later)) return 'it took up rules that were written while it ran';
    if (existsSync(traces.patched)) return 'it wrote a file although the patch was denied';
    if (existsSync(traces.typed)) return 'it typed into a running program without asking';
    return null;
  } finally {
    model.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function converse(options: CodexProbeOptions, dir: string, modelUrl: string) {
  const asked = new Set<string>();
  let bypass: string | null = null;
  let end: () => void = () => undefined;
  const launch = { ...options, tools: NO_TOOLS, cwd: dir, model: 'probe', system_prompt: null };
  const program = {
    command: [options.program, ...codexArguments(launch, modelUrl, options.kept)],
    cwd: dir,
    // Its home is apart from the bait, which is that of a repository.
    env: {
      ...options.env,
      HOME: join(dir, 'home'),
      CODEX_HOME: newFolder(join(dir, 'home')),
      OPENAI_API_KEY: 'probe',
    },
  };
  const conversation = codexConversation({
    task: 'probe',
    thread: codexThread(launch),
    cwd: dir,
    offersSubagents: false,
    tools: judges(asked),
    onBypass: (why) => {
      bypass ??= why;
      end();
    },
    onMessage: () => undefined,
  });
  const tried = await tryProgram(program, (tree) => {
    end = () => void killTree(tree.handle);
    conversation.begin(tree);
  });
  await conversation.finish();
  return { ...tried, verdict: conversation.verdict()?.status ?? null, asked, bypass };
}

/** Lets through what shows whether there is a way around a question, and denies the rest. */
function judges(asked: Set<string>): ToolGate {
  const judge = (tool: string, input: unknown): ToolVerdict => {
    const command = String(Reflect.get(Object(input), 'command') ?? Reflect.get(Object(input), 'file_path'));
    asked.add(`${tool} ${command}`);
    const isAllowed = tool === 'Bash' && LET_THROUGH.has(command);
    return isAllowed ? { verdict: 'allow', input } : { verdict: 'deny', message: 'the probe denies' };
  };
  return {
    judge: (_callId, tool, input) => Promise.resolve(judge(tool, input)),
    report: () => undefined,
    flush: () => Promise.resolve(),
  };
}

function newFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}
