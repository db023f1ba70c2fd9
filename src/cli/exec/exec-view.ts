// What a person sees of a governed command: one live line at the bottom of the terminal, what happens to the run, and nothing on stdout
// that the command did not write itself.
import { formatUsdLimit, formatUsdOf } from '../../core/ledger/money.ts';
import { visibleLine, visibleString } from '../../core/visible-text.ts';
import type { RunHandle, RunState } from '../../runner/entry.ts';
import { type Footer, footerOn } from '../live/footer.ts';
import { heldQueue } from '../live/held-queue.ts';
import { keysFrom } from '../live/keys.ts';
import { interruptsOf, RunCounts, type RunView } from '../live/run-view.ts';
import { whenTaken } from '../live/slow-reader.ts';
import { tierText } from '../live/state-text.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { withReach } from '../reach.ts';
import { count, plural } from '../show/words.ts';
import { inExecWords } from './exec-words.ts';
import type { Words } from './words.ts';

export interface ExecViewOptions {
  readonly project: Project;
  readonly output: Output;
  readonly capUsd: number;
  /** What of an agent CLI's messages goes to stdout; null: the command's stdout is its own. */
  readonly words: Words | null;
}

export interface ExecView extends RunView {
  /** What the live line said last. */
  line(): string;
}

export function execView({ project, output, capUsd, words }: ExecViewOptions): ExecView {
  const counts = new RunCounts();
  const footer: Footer | null = process.stderr.isTTY === true ? footerOn(process.stderr) : null;
  let tokens = 0;
  let calls = 0;
  let state = 'running';
  let tier = '';
  let agentId = '';
  const reach = `-C ${project.dir} `;
  const line = (): string =>
    `⛨ ${formatUsdOf(counts.spentMicroUsd, capUsd * 1e6)} of ${formatUsdLimit(capUsd * 1e6)} · ${count(tokens)} tokens · ${plural(calls, 'call')}${tier} · ${state}`;
  const draw = (): void => footer?.set(held?.prompt() ?? output.paintErr.dim(line()));
  const keys =
    footer === null || words === null || process.stdin.isTTY !== true ? null : keysFrom(process.stdin);
  // Its pipes are ours, so the terminal's keys are for deciding; another command's stdin is its own.
  const held =
    footer === null || keys === null
      ? null
      : heldQueue({
          project,
          paint: output.paintErr,
          keys,
          reach,
          print: footer.print,
          refresh: () => draw(),
        });
  const note = (text: string): void => {
    const said = output.paintErr.dim(
      withReach(visibleLine(`governed-agents: ${inExecWords(text)}`), project.dir),
    );
    if (footer === null) output.note(said);
    else footer.print(said);
  };
  const interrupts = interruptsOf(note);
  const heldText = (proposalId: string): string =>
    `held: ${proposalId} waits for you: in another terminal, governed-agents approve ${reach}${proposalId}`;
  /** Nothing that an agent CLI says may move the cursor where a person is shown what to decide. */
  const harmless = (text: string, to: { readonly isTTY?: boolean }): string =>
    words === null || to.isTTY !== true ? text : text.split('\n').map(visibleString).join('\n');
  const write = (text: string): void => {
    const line = `${harmless(text, process.stdout)}\n`;
    if (footer === null) process.stdout.write(line);
    else footer.pass(line, process.stdout);
  };
  return {
    observer: {
      onLine(stream, text) {
        if (stream === 'stdout') {
          // An agent CLI's words are made from its messages; here a person sees what it does meanwhile.
          if (words !== null && /^[→✗]/.test(text)) {
            footer?.print(output.paintErr.dim(visibleLine(text)));
          }
        } else if (footer === null) process.stderr.write(`${text}\n`);
        else footer.print(harmless(text, process.stderr));
      },
      onOutput(chunk) {
        if (footer === null) process.stdout.write(chunk);
        else footer.pass(chunk, process.stdout);
      },
      whenTaken: (stream) => whenTaken(process[stream]),
      onMessage(message) {
        const said = words?.(message) ?? null;
        if (said !== null) write(said);
      },
      onHeld({ proposalId }) {
        counts.onHeld(proposalId);
        if (held === null) note(heldText(proposalId));
        else held.add(proposalId);
      },
      onProposal({ proposalId, status }) {
        if (!counts.onProposal(proposalId, status)) return;
        if (held === null) note(`${proposalId} is ${status}`);
        else held.settled(proposalId, status);
      },
      onState(now: RunState) {
        state = now.state === 'missing_supervisor' ? 'frozen: no watchdog' : now.state.replaceAll('_', ' ');
        if ('reason' in now) note(`${state}: ${now.reason}`);
        if (now.state === 'paused')
          note(`it waits: governed-agents resume ${reach}${agentId}; Ctrl-C ends it`);
        draw();
      },
      onSpend(settled) {
        counts.spentMicroUsd += settled.posted_micro_usd;
        tokens += settled.posted_tokens;
        if (settled.status === 'settled') calls += 1;
        draw();
      },
      onNotice: note,
    },
    started(run: RunHandle) {
      agentId = run.agentId;
      interrupts.started(run);
      tier = ` · ${run.tier}`;
      note(tierText(run));
      draw();
    },
    spentMicroUsd: () => counts.spentMicroUsd,
    wasRefused: () => counts.refused > 0,
    line,
    close() {
      held?.close();
      keys?.close();
      footer?.close();
      interrupts.close();
    },
  };
}
