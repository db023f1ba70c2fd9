// A run on a terminal: its lines scroll past, the bottom line says how it stands, and what it proposes can be decided in place.
import { formatUsdLimit, formatUsdOf } from '../../core/ledger/money.ts';
import { visibleLine } from '../../core/visible-text.ts';
import type { RunHandle, RunState } from '../../runner/entry.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { transcriptText } from '../show/transcript.ts';
import { footerOn } from './footer.ts';
import { heldQueue } from './held-queue.ts';
import { keysFrom } from './keys.ts';
import type { Launch } from './launch.ts';
import { readRunCap } from './run-cap.ts';
import { interruptsOf, RunCounts, type RunView } from './run-view.ts';
import { gateText, stateText, tierText } from './state-text.ts';

export function observeOnTerminal(project: Project, output: Output, launch: Launch): RunView {
  const { paint } = output;
  const counts = new RunCounts();
  const footer = footerOn(process.stdout);
  const keys = keysFrom(process.stdin);
  let state: RunState = { state: 'running' };
  let tier = '';
  let capMicroUsd = launch.capMicroUsd;
  let runId: string | null = null;
  const startedMs = Date.now();

  const print = (text: string): void => footer.print(text);
  const say = (text: string): void => print(paint.dim(`· ${visibleLine(text)}`));
  const interrupts = interruptsOf(say);
  const held = heldQueue({ project, paint, keys, reach: '', print, refresh: () => refresh() });

  const refresh = (): void => {
    const prompt = held.prompt();
    footer.set(prompt ?? statusLine());
  };

  const lookAtCap = (): void => {
    if (runId === null) return;
    readRunCap(project, launch.agentId, runId).then(
      (cap) => {
        capMicroUsd = cap ?? capMicroUsd;
      },
      (error: unknown) => say(`the cap of the run can't be read: ${String(error)}`),
    );
  };

  const statusLine = (): string => {
    const cap = capMicroUsd === null ? '' : ` of ${formatUsdLimit(capMicroUsd)}`;
    const waiting = held.count() === 0 ? '' : paint.yellow(` · ${held.count()} held`);
    const seconds = Math.floor((Date.now() - startedMs) / 1_000);
    const parts = [
      paint.bold(visibleLine(launch.agentId)),
      coloured(state),
      `${formatUsdOf(counts.spentMicroUsd, capMicroUsd)}${cap}`,
      `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`,
      ...(tier === '' ? [] : [tier === 'confined' ? paint.green(tier) : paint.yellow(tier)]),
    ];
    return `${parts.join(' · ')}${waiting}${paint.dim(' · Ctrl-C ends')}`;
  };

  const coloured = (now: RunState): string => {
    if (now.state === 'running') return paint.cyan('running');
    // Why was said above, in a line of its own.
    return paint.yellow(now.state === 'missing_supervisor' ? 'frozen' : now.state);
  };

  const clock = setInterval(refresh, 1_000);
  refresh();
  return {
    observer: {
      onLine: (stream, text) => print(transcriptText(stream, text, paint)),
      onHeld({ proposalId }) {
        counts.onHeld(proposalId);
        held.add(proposalId);
      },
      onProposal({ proposalId, status }) {
        if (counts.onProposal(proposalId, status)) held.settled(proposalId, status);
      },
      onState(now) {
        if (now.state !== state.state && now.state !== 'held' && now.state !== 'running') say(stateText(now));
        // A pause at a cap ends with its raise.
        if (now.state === 'running' && state.state === 'paused') lookAtCap();
        state = now;
        refresh();
      },
      onSpend(settled) {
        counts.spentMicroUsd += settled.posted_micro_usd;
        refresh();
      },
      onNotice: (message) => print(`${paint.yellow('!')} ${visibleLine(message)}`),
    },
    started(run: RunHandle) {
      tier = run.tier;
      runId = run.runId;
      lookAtCap();
      interrupts.started(run);
      say(`${run.runId}, ${tierText(run)}`);
      say(gateText(run));
    },
    spentMicroUsd: () => counts.spentMicroUsd,
    wasRefused: () => counts.refused > 0,
    close() {
      clearInterval(clock);
      interrupts.close();
      held.close();
      keys.close();
      footer.close();
    },
  };
}
