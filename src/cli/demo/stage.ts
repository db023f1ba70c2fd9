// What every scene plays on: the project, the outside world, the operator's client, and a way to run the binary.
import { stateLayout } from '../../config/entry.ts';
import { clientOf } from '../client.ts';
import type { DemoProject } from './demo-project.ts';
import type { Narrator } from './narrator.ts';
import { type Operator, operatorOf } from './operator.ts';
import type { OutsideWorld } from './outside-world.ts';
import { type RealProcess, startProcess } from './real-process.ts';

export interface Stage {
  readonly project: DemoProject;
  readonly world: OutsideWorld;
  readonly narrator: Narrator;
  /** `governed-agents ARGS…` in the demo's project. */
  governed(args: readonly string[], options?: { readonly quiet?: boolean }): Promise<RealProcess>;
  /** Any other program, with the plain environment that a person's shell would give it. */
  program(
    command: readonly string[],
    options: { readonly cwd: string; readonly env?: Record<string, string> },
  ): Promise<RealProcess>;
  /** After the server has started. */
  operator(): Operator;
  /** Ends every process that is still there. */
  clear(): Promise<void>;
}

const PROVIDER_KEY = 'the-key-that-no-agent-sees';

export function setStage(project: DemoProject, world: OutsideWorld, narrator: Narrator): Stage {
  const started: RealProcess[] = [];
  const env = {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: project.root,
    NO_COLOR: '1',
    GOVERNED_STATE_HOME: project.stateHome,
    GOVERNED_DEMO_KEY: PROVIDER_KEY,
  };
  const keep = async (starting: Promise<RealProcess>): Promise<RealProcess> => {
    const process = await starting;
    started.push(process);
    return process;
  };
  return {
    project,
    world,
    narrator,
    governed(args, options) {
      if (options?.quiet !== true) narrator.command(['governed-agents', ...args].join(' '));
      const command = [process.execPath, binary(), ...args];
      return keep(startProcess({ command, cwd: project.dir, env, name: args[0] ?? 'governed' }));
    },
    program(command, options) {
      const all = { ...env, ...options.env };
      return keep(startProcess({ command, cwd: options.cwd, env: all, name: command.at(-1) ?? 'program' }));
    },
    operator() {
      const { dir, id, stateDir } = project;
      return operatorOf(clientOf({ dir, id, state: stateLayout(stateDir) }));
    },
    async clear() {
      for (const process of started) await process.kill();
    },
  };
}

/** The file that runs now. */
function binary(): string {
  const [, file] = process.argv;
  if (file === undefined) throw new Error('the demo is run as a program');
  return file;
}
