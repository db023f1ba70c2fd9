// A run of Codex, real or scripted, with a login of its own, and where anything of that login is to be found afterwards.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from '../../../src/runner/entry.ts';
import { commandItem, type ProviderCall, responsesReply, saidItem } from '../../fixtures/provider.ts';
import { logInCodex } from '../codex-home.ts';
import { openCodex } from './agent-fixture.ts';

/** All that a curious agent could find in its own environment and in that of whoever it sees. */
const LOOK = 'cat /proc/*/environ > seen.txt 2>/dev/null; env > env.txt; echo looked';
const USAGE = { input: 12_345, cached: 6_789, output: 432 };

export interface LoginRun {
  readonly ended: RunResult;
  readonly calls: readonly ProviderCall[];
  readonly billed: { readonly tokens: number; readonly calls: number };
  readonly recorded: Record<string, unknown>;
  readonly settled: readonly Record<string, unknown>[];
  readonly notices: readonly string[];
  /** What its commands found. */
  readonly seen: string;
  readonly env: string;
  /** The files of the state and the project that hold this, but for what its commands wrote. */
  holding(secret: string): readonly string[];
}

export async function runWithLogin<T>(
  command: readonly string[],
  login: unknown,
  confine: 'auto' | 'off',
  look: (run: LoginRun) => T,
): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'codex-home-'));
  logInCodex(home, login);
  const rules = `auth = "subscription"
[tools]
allow = ["Bash"]
[confine]
mode = "${confine}"
[budget]
day_usd = 1000
run_usd = 500
`;
  const agent = await openCodex(
    command,
    (_call, turn) => responsesReply([turn === 0 ? commandItem('a', LOOK) : saidItem('done')], USAGE),
    rules,
    { CODEX_HOME: home },
  );
  try {
    const ended = await agent.run('go');
    const recorded = await agent.recorded(ended.runId);
    const settled = await agent.events('llm_call_settled');
    const { calls, inputTokens, outputTokens } = agent.provider.billed();
    const { dir, stateDir } = agent.project;
    const workspace = join(dir, 'agents/noop/workspace');
    const found = (name: string): string => readFileSync(join(workspace, name), 'latin1');
    const files = [...filesIn(dir), ...filesIn(stateDir)].filter((file) => !file.startsWith(workspace));
    return look({
      ended,
      calls: agent.provider.calls,
      billed: { tokens: inputTokens + outputTokens, calls },
      recorded,
      settled,
      notices: agent.notices,
      seen: found('seen.txt'),
      env: found('env.txt'),
      holding: (secret) => files.filter((file) => readFileSync(file, 'latin1').includes(secret)),
    });
  } finally {
    await agent.close();
    rmSync(home, { recursive: true, force: true });
  }
}

function filesIn(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
