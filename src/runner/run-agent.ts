// One governed run, from its registration to its recorded end: register, open its gateway and supervision, start the agent, see it
// to its end. Nothing is spawned before the server has registered the run.
import type { StateLayout } from '../config/state-layout.ts';
import { OperationError } from '../core/fault.ts';
import { identify } from '../process/entry.ts';
import type { WireProcess, WireRegisteredRun, WireRegisterRun } from '../server/wire/run.ts';
import type { SelfTest } from './confine/tier.ts';
import { tryHere } from './confine/try-here.ts';
import { closeGateway, finishRun } from './finish-run.ts';
import { registerRun, runLink, toWire } from './link/run-link.ts';
import { type ServerPlace, serverPlace } from './link/server-place.ts';
import { type OpenRun, openRun } from './open-run.ts';
import { recordEnd } from './record-end.ts';
import type { RunObserver } from './run-observer.ts';
import type { RunHandle, StartResult } from './run-result.ts';
import { type StartedAgent, startAgent } from './start-agent.ts';

export interface RunAgentOptions {
  readonly state: StateLayout;
  readonly projectDir: string;
  /** From the state's keys: it can only register runs. */
  readonly runnerToken: string;
  readonly agentId: string;
  readonly task?: string;
  /** Replaces the task file's text. */
  readonly prompt?: string;
  readonly budgetUsd?: number;
  /** Of the rules: its runs share caps. */
  readonly group?: string;
  /** Instead of the agent's own, where its rules let each run bring one; the program of the first word is absolute. */
  readonly command?: readonly string[];
  /** Our own stdin and stdout are the agent's: nothing of them is seen, nothing of stdout is kept. */
  readonly ownPipes?: { readonly stdin: boolean; readonly stdout: boolean };
  /** Starts without a live watchdog; recorded. */
  readonly noWatchdog?: boolean;
  /** The operator's environment: the agent gets of it what the rules pass on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly observer?: RunObserver;
}

export async function runAgent(options: RunAgentOptions): Promise<StartResult> {
  const place = serverPlace(options.state.serverFile);
  const observer = options.observer ?? {};
  const found = await tryHere(options.state, options.env, () =>
    observer.onNotice?.('Trying to escape from the jail that the agent gets here; this is done once.'),
  );
  const registered = await registerRun(place, options.runnerToken, registration(options, found));
  if (registered.result !== 'ok') return registered;
  observer.onRegistered?.();
  const run = await orFault('open the run', () =>
    openRun({
      registered: registered.value,
      state: options.state,
      place,
      keys: { env: options.env, projectDir: options.projectDir },
      isSupervised: options.noWatchdog !== true,
      bwrap: found.bwrap,
      observer,
    }),
  );
  if (run instanceof OperationError) return giveUpUnopened(place, registered.value, run);
  const started = await orFault('start the agent', () =>
    startAgent(run, options.env, { projectDir: options.projectDir, ownPipes: options.ownPipes }),
  );
  if (started instanceof OperationError) return giveUp(run, started);
  return { result: 'started', run: handleOf(run, started) };
}

function registration(options: RunAgentOptions, found: SelfTest): WireRegisterRun {
  const escaped = found.probes.filter(({ outcome }) => outcome !== 'held');
  return {
    agent_id: options.agentId,
    tier: found.tier,
    confinement: {
      key: found.key,
      attempts: found.probes.length,
      escapes: escaped.map(({ id }) => id),
      why: found.why,
      hint: found.hint,
    },
    runner: ownProcess(),
    ...(options.task === undefined ? {} : { task: options.task }),
    ...(options.prompt === undefined ? {} : { prompt: options.prompt }),
    ...(options.budgetUsd === undefined ? {} : { budget_usd: options.budgetUsd }),
    ...(options.group === undefined ? {} : { group: options.group }),
    ...(options.command === undefined ? {} : { command: options.command }),
    ...(options.noWatchdog === true ? { no_watchdog: true } : {}),
  };
}

function ownProcess(): WireProcess {
  const own = identify(process.pid);
  if (own === undefined) throw new Error('This process could not be found among those that live.');
  return toWire(own);
}

/** A full disk or a folder that can't be written is the environment's fault, not a bug. */
async function orFault<T>(op: string, act: () => Promise<T>): Promise<T | OperationError> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof OperationError) return cause;
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    const hint = 'Check that the state folder and the agent’s workspace belong to this user and have space.';
    return new OperationError({ op, message: `Cannot ${op}: ${cause.message}.`, hint, cause });
  }
}

async function giveUpUnopened(
  place: ServerPlace,
  { run_id: runId, run_secret: secret }: WireRegisteredRun,
  fault: OperationError,
): Promise<StartResult> {
  await runLink(place, runId, secret).end({ status: 'failed', reason: fault.message, exit_code: null });
  return { result: 'not_started', runId, fault };
}

async function giveUp(run: OpenRun, fault: OperationError): Promise<StartResult> {
  await closeGateway(run);
  const status = run.ending.stop === null ? 'failed' : 'killed';
  const end = { status, reason: fault.message, leftBehind: 0, survivors: 0 } as const;
  await recordEnd(run, end, { exitCode: null, signal: null });
  run.stopWatching();
  await run.transcript.close();
  return { result: 'not_started', runId: run.registered.run_id, fault };
}

function handleOf(run: OpenRun, started: StartedAgent): RunHandle {
  const { registered, layout, gateway, ending, brake } = run;
  const kill = (reason: string): void => ending.kill({ by: 'operator', reason });
  return {
    runId: registered.run_id,
    agentId: registered.agent_id,
    runDir: layout.dir,
    transcriptFile: layout.transcript,
    gatewayUrl: gateway.url,
    tier: registered.tier,
    tierReason: registered.tier_reason,
    keyInAgent: registered.launch.auth === 'subscription',
    isGated: started.conversation !== null,
    ended: finishRun(run, started),
    end: (reason) => (brake.isOn ? kill(reason) : ending.end({ by: 'operator', reason })),
    kill,
  };
}
