// Finds out whether this very program can be governed, by trying to get past the gate before any task is given to it: with a model of
// our own, in an empty folder whose settings would let everything through. What held is remembered by the program's hash and
// the arguments that it is given.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../config/entry.ts';
import { lineConversation } from '../line-conversation.ts';
import { holdsOnce } from '../probe-mark.ts';
import type { ProgramFiles } from '../program-of-agent.ts';
import { type Tried, tryProgram } from '../try-program.ts';
import { allow, deny, initialize, readMessage, refuseRequest, userMessage } from './message.ts';
import { probeModel } from './probe-model.ts';
import { claudeProfile } from './profile.ts';

export interface ProbeOptions extends ProgramFiles {
  readonly kept: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cacheDir: string;
}

const PROBE_VERSION = 1;

/** Throws an OperationError that says which way past the gate is open, or why that could not be found out. */
export async function probeClaude(options: ProbeOptions): Promise<void> {
  const probed = {
    name: 'claude',
    title: 'Claude Code',
    program: options.program,
    executables: options.executables,
    args: options.kept,
    version: PROBE_VERSION,
    cacheDir: options.cacheDir,
    hint: 'use another version (2.1.329 holds), or adapter = "command" for a run whose tools are not gated',
  } as const;
  await holdsOnce(probed, () => tryGate(options));
}

/** Null when the gate held. */
async function tryGate(options: ProbeOptions): Promise<string | null> {
  const dir = mkdtempSync(join(temporaryFolder(), 'governed-probe-'));
  const traces = { hook: join(dir, 'a-hook-ran'), tool: join(dir, 'a-tool-ran') };
  const baitSettings = {
    permissions: { allow: ['Bash'] },
    hooks: { SessionStart: [{ hooks: [{ type: 'command', command: `touch ${traces.hook}` }] }] },
  };
  mkdirSync(join(dir, '.claude'));
  writeFileSync(join(dir, '.claude', 'settings.json'), JSON.stringify(baitSettings));
  const model = await probeModel([
    { id: 'toolu_safe', name: 'Bash', input: { command: 'echo governed', description: 'safe' } },
    { id: 'toolu_unsure', name: 'Bash', input: { command: `touch ${traces.tool}`, description: 'unsure' } },
  ]);
  try {
    const talk = await converse(options, dir, model.url);
    if (talk.gap !== null) return talk.gap;
    if (!talk.hasResult) return `it ended without a result${talk.said}`;
    if (existsSync(traces.hook))
      return 'a hook of the folder it works in ran, which its settings must not reach';
    if (!talk.asked.has('toolu_safe')) return 'it ran a tool that it holds for safe without asking';
    if (existsSync(traces.tool)) return 'it ran a tool although the question about it failed';
    return null;
  } finally {
    model.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Talk extends Tried {
  readonly hasResult: boolean;
  /** Calls for which permission was asked. */
  readonly asked: ReadonlySet<string>;
}

async function converse(options: ProbeOptions, dir: string, modelUrl: string): Promise<Talk> {
  const launch = { model: null, system_prompt: null, output_tokens: 1_000 };
  const profile = claudeProfile({ ...launch, tools: { allow: ['Bash'], require_approval: [], deny: [] } });
  const asked = new Set<string>();
  let hasResult = false;
  const talk = lineConversation({
    opening: initialize(),
    hear: (line) => {
      const message = readMessage(line);
      if (message.type === 'ready') talk.send(userMessage('probe'));
      else if (message.type === 'other_request') talk.send(refuseRequest(message.requestId, 'not here'));
      else if (message.type === 'result') {
        hasResult = true;
        talk.close();
      } else if (message.type === 'tool_request') {
        const { request } = message;
        if (request.kind === 'permission') {
          asked.add(request.toolUseId);
          talk.send(deny(request, 'the probe denies'));
        } else if (request.toolUseId === 'toolu_safe') talk.send(allow(request, request.input));
        // A hook that fails must not let the tool through.
        else talk.send(refuseRequest(request.requestId, 'the probe fails on purpose'));
      }
    },
    // The whole try is over by then.
    onLate: () => undefined,
  });
  const program = {
    command: [options.program, ...options.kept, ...profile.args],
    cwd: dir,
    env: {
      ...options.env,
      ...profile.env,
      HOME: dir,
      TMPDIR: dir,
      ANTHROPIC_BASE_URL: modelUrl,
      ANTHROPIC_API_KEY: 'probe',
    },
  };
  const tried = await tryProgram(program, talk.begin);
  talk.stopWaiting();
  return { ...tried, hasResult, asked };
}
