// Everything a run needs before its agent exists: its folder and heartbeat, its gateway, and its supervision. From here on the run can
// be paused, resumed and stopped.
import { mkdirSync } from 'node:fs';
import { BEAT_EVERY_MS, type RunLayout, runLayout, type StateLayout } from '../config/state-layout.ts';
import { prepareStopMark } from '../config/stop-marker.ts';
import { type Beat, startBeat } from '../process/entry.ts';
import type { WireLaunch, WireRegisteredRun } from '../server/wire/run.ts';
import type { ToolGateContext } from './adapters/tool-gate.ts';
import { blockedTeller } from './blocked-teller.ts';
import { deniedTeller } from './denied-teller.ts';
import { activity } from './gateway/activity.ts';
import type { CallContext } from './gateway/call/call-context.ts';
import type { OperatorBounds } from './gateway/call/judged-call.ts';
import { knownInputs } from './gateway/call/known-input.ts';
import { type Gateway, openGateway } from './gateway/gateway.ts';
import type { HeldProposal } from './gateway/notice-verdict.ts';
import { pauseGate } from './gateway/pause-gate.ts';
import { accessTo } from './gateway/provider-access.ts';
import type { KeyPlace } from './gateway/provider-key.ts';
import { type Settlements, settlements } from './gateway/settlements.ts';
import { followControl } from './link/control-stream.ts';
import { openReservations } from './link/open-reservations.ts';
import { type RunLink, runLink } from './link/run-link.ts';
import type { ServerPlace } from './link/server-place.ts';
import { openTranscript, type Transcript } from './output/transcript.ts';
import type { RunObserver } from './run-observer.ts';
import { standInTeller } from './stand-in-teller.ts';
import { type Brake, createBrake } from './supervise/brake.ts';
import { createEnding, type Ending } from './supervise/end-tree-once.ts';
import { type RunningClock, runningClock } from './supervise/running-clock.ts';
import { stateTeller } from './supervise/state-teller.ts';
import { supervise } from './supervise/supervisor.ts';
import { unpricedTeller } from './unpriced-teller.ts';

export interface OpenRunOptions {
  readonly registered: WireRegisteredRun;
  readonly state: StateLayout;
  readonly place: ServerPlace;
  readonly keys: KeyPlace;
  readonly isSupervised: boolean;
  /** What makes jails here; null where none can be made. */
  readonly bwrap: string | null;
  readonly observer: RunObserver;
}

export interface OpenRun {
  readonly registered: WireRegisteredRun;
  readonly layout: RunLayout;
  readonly stateDir: string;
  /** Null: the run is advisory, and the agent a plain process of this user. */
  readonly jail: { readonly bwrap: string } | null;
  readonly link: RunLink;
  readonly gateway: Gateway;
  readonly settlements: Settlements;
  readonly transcript: Transcript;
  readonly brake: Brake;
  readonly clock: RunningClock;
  readonly ending: Ending;
  readonly beat: Beat;
  readonly observer: RunObserver;
  /** For whoever asks about tool calls on the agent's behalf. */
  readonly toolGate: ToolGateContext;
  /** What the meter has booked so far. */
  readonly metered: { microUsd: number; tokens: number };
  /** What is reserved and not booked yet, as far as was told. */
  readonly openMicroUsd: () => number;
  /** Ends the supervision; the heartbeat goes on. */
  stopWatching(): void;
}

/** Throws an OperationError when the folder or the gateway can't be made; nothing is left open then. */
export async function openRun(options: OpenRunOptions): Promise<OpenRun> {
  const { registered, state, place, observer } = options;
  const { run_id: runId, run_secret: secret, launch } = registered;
  const layout = runLayout(state, runId);
  mkdirSync(layout.dir, { recursive: true, mode: 0o700 });
  prepareStopMark(layout.dir);
  const jail = jailFor(options);
  const notice = (message: string): void => observer.onNotice?.(message);
  const beat = startBeat(layout.runnerBeat, {
    everyMs: BEAT_EVERY_MS,
    onFault: (fault) => notice(fault.message),
  });
  const reserved = openReservations(runLink(place, runId, secret));
  const { link } = reserved;
  const gate = pauseGate();
  const metered = { microUsd: 0, tokens: 0 };
  const active = activity();
  const onStandIn = standInTeller(notice, options.keys.projectDir);
  const settling = settlements({
    link,
    onSettled: (settled) => {
      reserved.closed(settled.reservation_id);
      if (settled.stand_in !== undefined) onStandIn(settled.stand_in);
      metered.microUsd += settled.posted_micro_usd;
      metered.tokens += settled.posted_tokens;
      observer.onSpend?.(settled);
    },
    onRefused: notice,
  });
  const onUnpriced = unpricedTeller(notice, options.keys.projectDir);
  const onBlocked = blockedTeller(notice);
  const calls = (provider: string): CallContext => {
    const wire = launch.providers.find(({ name }) => name === provider);
    const found = wire === undefined ? null : accessTo(launch, wire, options.keys, notice);
    return {
      link,
      gate,
      settlements: settling,
      activity: active,
      known: knownInputs(),
      provider: found,
      bounds: boundsOf(launch),
      onUnpriced,
      onBlocked,
    };
  };
  const onHeld = (held: HeldProposal): void => observer.onHeld?.(held);
  const server = { place, runSecret: secret, activity: active, onHeld, onDenied: deniedTeller(notice) };
  const gateway = await openGateway(
    { messages: calls('anthropic'), openai: calls('openai'), server },
    // From inside a jail there is no way to a port of this machine, so there is none.
    { socketPath: layout.gatewaySocket, hasPort: jail === null },
  ).catch((error: unknown) => {
    beat.stop();
    throw error;
  });

  const tell = stateTeller(observer, () => ({
    stop: ending.stop,
    brake: brake.reason(),
    isHeld: active.isHeld(),
  }));
  const brake = createBrake(gate, tell);
  const ending = createEnding(() => {
    brake.release();
    tell();
  });
  const clock = runningClock(launch.timeout_ms, () => performance.now());
  const supervisor = supervise({
    brake,
    clock,
    timeoutMs: launch.timeout_ms,
    runDir: layout.dir,
    stateDir: state.dir,
    watchdogBeat: options.isSupervised ? state.watchdogBeat : null,
    isHeld: active.isHeld,
    onStop: (stop) => (stop.by === 'time' ? ending.end(stop) : ending.kill(stop)),
    onTick: tell,
    onProposal: (proposal) => observer.onProposal?.(proposal),
  });
  const following = new AbortController();
  const over = new AbortController();
  void followControl({
    place,
    runId,
    secret,
    onControl: supervisor.control,
    onReachable: reachability(observer),
    signal: following.signal,
  });
  const transcript = openTranscript({ path: layout.transcript, clock: Date.now, onFault: notice });
  const stopWatching = (): void => {
    supervisor.close();
    following.abort();
    over.abort();
  };
  return {
    registered,
    layout,
    stateDir: state.dir,
    jail,
    link,
    gateway,
    settlements: settling,
    transcript,
    brake,
    clock,
    ending,
    beat,
    observer,
    toolGate: { link, gate, activity: active, onHeld, over: over.signal },
    metered,
    openMicroUsd: reserved.microUsd,
    stopWatching,
  };
}

/** The server holds a run to what its runner said it can give. */
/** A server that was started before this version says neither. */
function boundsOf({ max_output_tokens: limit, free_fields: free }: WireLaunch): OperatorBounds {
  return { maxOutputTokens: limit ?? null, freeFields: new Set(free) };
}

function jailFor({ registered, bwrap }: OpenRunOptions): OpenRun['jail'] {
  if (registered.tier === 'advisory') return null;
  if (bwrap === null) throw new Error('A run is confined that no jail was found for.');
  return { bwrap };
}

/** Says it once when the server is lost, and once when it is back. */
function reachability(observer: RunObserver): (isReachable: boolean) => void {
  let wasReachable = true;
  return (isReachable) => {
    if (isReachable === wasReachable) return;
    wasReachable = isReachable;
    observer.onNotice?.(
      isReachable
        ? 'The server is back.'
        : 'The server can’t be reached: model calls and proposals are refused until it is back (`governed-agents up` starts it); the watchdog, where it lives, still watches.',
    );
    observer.onReachable?.(isReachable);
  };
}
