// Starts the agent of an opened run: writes its task beside it, gives it its environment, and says where its tree is, on the disk first
// (a stop must find it with the server dead) and then to the server.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OperationError } from '../core/fault.ts';
import { formatTreeJson, killTree, type SpawnedTree, type TreeHandle } from '../process/entry.ts';
import type { WireLaunch } from '../server/wire/run.ts';
import type { Conversation } from './adapters/adapter.ts';
import { makeProgram } from './adapters/make-program.ts';
import { JAIL } from './confine/jail-places.ts';
import { operatorHome } from './confine/operator-home.ts';
import { agentEnvironment } from './environment.ts';
import { backoff, wait } from './link/backoff.ts';
import { aboutLogin, ownLogin } from './login/own-login.ts';
import type { OpenRun } from './open-run.ts';
import { type StartedProgram, type Surroundings, startProgram } from './start-program.ts';

export interface StartedAgent extends StartedProgram {
  /** Null: its output is its own, and nothing is asked over its pipes. */
  readonly conversation: Conversation | null;
}

/**
 * The agent reads its task from stdin, which is then closed; the same text is in the file that GOVERNED_TASK_FILE names, and the
 * system prompt in that of GOVERNED_SYSTEM_PROMPT_FILE. Throws an OperationError when it can't be started.
 */
export async function startAgent(
  run: OpenRun,
  operator: Readonly<Record<string, string | undefined>>,
  of: Pick<Surroundings, 'projectDir' | 'ownPipes'>,
): Promise<StartedAgent> {
  const { registered, layout, ending } = run;
  const { launch, run_id: runId, agent_id: agentId } = registered;
  const home = newFolder(layout.dir, 'home');
  const temporary = newFolder(layout.dir, 'tmp');
  const files = {
    taskFile: newFile(layout.dir, 'task.md', launch.task_text),
    systemPromptFile: newFile(layout.dir, 'system-prompt.md', launch.system_prompt),
  };
  const env = agentEnvironment({
    launch,
    operator,
    runId,
    agentId,
    ...(run.jail === null ? { gatewayUrl: run.gateway.url, home, temporary, ...files } : insideJail(files)),
  });
  // Whether there is one is known before anything is tried.
  const login = await ownLogin(launch, operator, Date.now());
  const about = aboutLogin(launch.adapter, login);
  if (about !== null) run.observer.onNotice?.(about);
  // An empty folder is in no repository, so a fresh clone lacks it.
  mkdirSync(launch.workspace, { recursive: true });
  const program = await makeProgram({
    launch,
    operator,
    env,
    stateDir: run.stateDir,
    isJailed: run.jail !== null,
    writable: run.jail === null ? [] : writableFolders(launch, of.projectDir),
    gate: run.toolGate,
    onBypass: (why) => ending.kill({ by: 'mark', reason: `its tools are not gated: ${why}` }),
    onMessage: (message, shown) => tellMessage(run, message, shown),
  });
  if (ending.stop !== null) throw stoppedEarly(ending.stop.reason);
  const around = { ...of, ...files, home, operatorHome: operatorHome(operator) };
  const given = { ...env, ...program.env, ...login };
  const { tree, release } = await startProgram(run, program, given, around);
  try {
    writeTree(layout.tree, tree.handle);
  } catch (error) {
    await killTree(tree.handle);
    release();
    throw error;
  }
  ending.attach(tree.handle);
  run.brake.attach(tree.handle);
  run.clock.attach(tree.handle);
  void reportTree(run, tree);
  if (program.conversation === null) tree.stdin.end(launch.task_text ?? '');
  return { tree, release, conversation: program.conversation };
}

function writableFolders({ workspace, write }: WireLaunch, projectDir: string): readonly string[] {
  return [workspace, ...write.map((path) => resolve(projectDir, path))];
}

/** Where the same things are for whoever is in the jail. */
function insideJail(files: Pick<Surroundings, 'taskFile' | 'systemPromptFile'>) {
  return {
    gatewayUrl: JAIL.gatewayUrl,
    home: JAIL.home,
    temporary: JAIL.temporary,
    taskFile: files.taskFile === null ? null : JAIL.taskFile,
    systemPromptFile: files.systemPromptFile === null ? null : JAIL.systemPromptFile,
  };
}

function tellMessage(
  { observer, transcript }: OpenRun,
  message: Record<string, unknown>,
  shown: readonly string[],
): void {
  observer.onMessage?.(message);
  for (const line of shown) {
    transcript.add('stdout', line);
    observer.onLine?.('stdout', line);
  }
}

/** Until the server knows, or says that the run has ended meanwhile. */
async function reportTree({ link, ending }: OpenRun, tree: SpawnedTree): Promise<void> {
  const over = new AbortController();
  void tree.ended.then(() => over.abort());
  const pace = backoff(50, 2_000);
  while (!over.signal.aborted) {
    const answer = await link.spawned(tree.handle);
    if (answer.result === 'ok') return;
    if (answer.result === 'refused') {
      ending.kill({ by: 'record', reason: answer.detail });
      return;
    }
    await wait(pace.nextMs(), over.signal);
  }
}

function writeTree(path: string, handle: TreeHandle): void {
  writeFileSync(`${path}.new`, formatTreeJson(handle), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function newFolder(dir: string, name: string): string {
  const path = join(dir, name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

function newFile(dir: string, name: string, text: string | null): string | null {
  if (text === null) return null;
  const path = join(dir, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function stoppedEarly(reason: string): OperationError {
  return new OperationError({
    op: 'start the agent',
    code: 'stopped_before_start',
    message: `The run was stopped before its agent was started: ${reason}.`,
    hint: 'See `governed-agents runs`, and start it again when nothing stops it.',
  });
}
