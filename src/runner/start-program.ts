// Starts the agent's program the way its run is held: in a jail of its own, or as a plain process of this user. Where a run is said to be
// confined and no jail can be made, nothing is started.
import { availableParallelism } from 'node:os';
import { InputError, OperationError } from '../core/fault.ts';
import { type SpawnedTree, type SpawnTreeOptions, spawnTree } from '../process/entry.ts';
import type { AgentProgram } from './adapters/adapter.ts';
import { confinePrograms } from './confine/confine-programs.ts';
import { JAIL } from './confine/jail-places.ts';
import { usualLimits } from './confine/limits.ts';
import { agentFolderMounts, type Jail, openJail } from './confine/open-jail.ts';
import type { OpenRun } from './open-run.ts';

export interface Surroundings {
  /** Of the operator: never in an agent's sight. */
  readonly operatorHome: string;
  readonly projectDir: string;
  /** Where the run's scratch home and its files are on this machine. */
  readonly home: string;
  readonly taskFile: string | null;
  readonly systemPromptFile: string | null;
  readonly ownPipes: SpawnTreeOptions['ownPipes'];
}

export interface StartedProgram {
  readonly tree: SpawnedTree;
  /** After the end of the whole tree. */
  release(): void;
}

/** Throws an OperationError that says why it could not be started. */
export async function startProgram(
  run: OpenRun,
  program: AgentProgram,
  env: Readonly<Record<string, string>>,
  around: Surroundings,
): Promise<StartedProgram> {
  const options = {
    marker: `GOVERNED_RUN_ID=${run.registered.run_id}`,
    ...(around.ownPipes === undefined || program.conversation !== null ? {} : { ownPipes: around.ownPipes }),
  };
  if (run.jail === null) {
    const { cwd } = run.registered.launch;
    const tree = await spawnTree({ command: program.command, cwd, env, ...options });
    return { tree, release: () => undefined };
  }
  const jail = jailOf(run, run.jail.bwrap, program, env, around);
  try {
    return { tree: await spawnTree({ ...jail, ...options }), release: jail.release };
  } catch (error) {
    jail.release();
    throw error;
  }
}

function jailOf(
  { registered, layout, gateway, stateDir }: OpenRun,
  bwrap: string,
  program: AgentProgram,
  env: Readonly<Record<string, string>>,
  around: Surroundings,
): Jail {
  const { launch, run_id: name } = registered;
  const shown = (from: string | null, at: string) => (from === null ? [] : [{ from, at }]);
  try {
    return openJail({
      bwrap,
      door: confinePrograms().door,
      name,
      scratch: layout.jail,
      command: program.command,
      cwd: launch.cwd,
      env,
      projectDir: around.projectDir,
      workspace: launch.workspace,
      write: launch.write,
      readOnly: [
        // What the command names is the accepted copy, at its own place; the agent's folder shows the same.
        ...shown(launch.accepted_dir, launch.accepted_dir),
        ...agentFolderMounts(launch.accepted_dir, launch.agent_dir),
        ...shown(around.taskFile, JAIL.taskFile),
        ...shown(around.systemPromptFile, JAIL.systemPromptFile),
      ],
      home: around.home,
      gatewaySocket: gateway.socketPath,
      hidden: [stateDir],
      operatorHome: around.operatorHome,
      limits: usualLimits(launch.timeout_ms, availableParallelism()),
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { code, message, hint } = error;
    throw new OperationError({ op: 'make the jail', code, message, cause: error, hint: hint ?? '' });
  }
}
