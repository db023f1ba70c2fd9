// What a person sees of a governed command: one live line at the bottom of the terminal, what happens to the run, and nothing on stdout
// that the command did not write itself.
import { visibleString } from '../../core/visible-text.ts';
import type { RunHandle, RunState } from '../../runner/entry.ts';
import { type Footer, footerOn } from '../live/footer.ts';
import { onInterrupt, RunCounts, type RunView } from '../live/run-view.ts';
import { tierText } from '../live/state-text.ts';
import type { Output } from '../output.ts';
import { count, dollars } from '../show/words.ts';
import type { OutputFormat } from './claude-values.ts';

export interface ExecViewOptions {
  readonly output: Output;
  readonly capUsd: number;
  /** In what form claude's words go to stdout; null: the command's stdout is its own. */
  readonly format: OutputFormat | null;
  readonly approveWith: string;
}

export interface ExecView extends RunView {
  /** What the live line said last. */
  line(): string;
}

export function execView({ output, capUsd, format, approveWith }: ExecViewOptions): ExecView {
  const counts = new RunCounts();
  const footer: Footer | null = process.stderr.isTTY === true ? footerOn(process.stderr) : null;
  let tokens = 0;
  let calls = 0;
  let state = 'running';
  let tier = '';
  let stopListening: (() => void) | null = null;
  const line = (): string =>
    `⛨ ${dollars(counts.spentMicroUsd)} of ${dollars(capUsd * 1e6)} · ${count(tokens)} tokens · ${count(calls)} calls${tier} · ${state}`;
  const draw = (): void => footer?.set(output.paintErr.dim(line()));
  const note = (text: string): void => {
    const said = output.paintErr.dim(`governed-agents: ${text}`);
    if (footer === null) output.note(said);
    else footer.print(said);
  };
  const write = (text: string): void => {
    footer?.set('');
    process.stdout.write(`${text}\n`);
    draw();
  };
  return {
    observer: {
      onLine(stream, text) {
        if (stream === 'stdout') {
          // Claude's words are written by their format, from its messages.
          if (format === null) write(text);
        } else if (footer === null) process.stderr.write(`${text}\n`);
        else footer.print(text);
      },
      onMessage(message) {
        const said = format === null ? null : wordsOf(message, format);
        if (said !== null) write(said);
      },
      onHeld: ({ proposalId }) => note(`held: ${proposalId} waits for you: ${approveWith} ${proposalId}`),
      onProposal({ proposalId, status }) {
        counts.onProposal(status);
        if (status !== 'pending') note(`${proposalId} is ${status}`);
      },
      onState(now: RunState) {
        state = now.state === 'missing_supervisor' ? 'frozen: no watchdog' : now.state.replaceAll('_', ' ');
        if ('reason' in now) note(`${state}: ${visibleString(now.reason)}`);
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
      stopListening = onInterrupt(run, note);
      tier = ` · ${run.tier}`;
      note(tierText(run));
      draw();
    },
    spentMicroUsd: () => counts.spentMicroUsd,
    wasRefused: () => counts.refused > 0,
    line,
    close() {
      footer?.close();
      stopListening?.();
    },
  };
}

/** What claude itself would have written to stdout for this message. */
function wordsOf(message: Readonly<Record<string, unknown>>, format: OutputFormat): string | null {
  const { type } = message;
  if (format === 'stream-json') {
    return type === 'control_request' || type === 'control_response' ? null : JSON.stringify(message);
  }
  if (type !== 'result') return null;
  return format === 'json' ? JSON.stringify(message) : String(message['result'] ?? '');
}
