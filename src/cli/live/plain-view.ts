// A run in a pipe or a log: what the agent writes passes through as it is (but for what would steer a terminal, where one is behind
// the stream), what happens to the run goes to stderr.
import { visibleLine, visibleString } from '../../core/visible-text.ts';
import type { RunHandle, RunState } from '../../runner/entry.ts';
import type { Output } from '../output.ts';
import { dollars } from '../show/words.ts';
import { interruptsOf, RunCounts, type RunView } from './run-view.ts';
import { whenTaken } from './slow-reader.ts';
import { gateText, stateText, tierText } from './state-text.ts';

export function observePlainly(output: Output): RunView {
  const counts = new RunCounts();
  const note = (text: string): void => output.note(visibleLine(`governed-agents: ${text}`));
  const interrupts = interruptsOf(note);
  const shownOn = (stream: 'stdout' | 'stderr'): NodeJS.WriteStream =>
    stream === 'stdout' && !output.json ? process.stdout : process.stderr;
  return {
    observer: {
      onLine(stream, text) {
        const to = shownOn(stream);
        to.write(`${to.isTTY === true ? visibleString(text) : text}\n`);
      },
      whenTaken: (stream) => whenTaken(shownOn(stream)),
      onHeld({ proposalId }) {
        counts.onHeld(proposalId);
        note(`held: ${proposalId} waits for a person, \`governed-agents approve ${proposalId}\``);
      },
      onProposal({ proposalId, status }) {
        if (counts.onProposal(proposalId, status)) note(`${proposalId} is ${status}`);
      },
      onState: (state: RunState) => note(stateText(state)),
      onSpend(settled) {
        counts.spentMicroUsd += settled.posted_micro_usd;
        note(`spent ${dollars(counts.spentMicroUsd)}`);
      },
      onNotice: note,
    },
    started(run: RunHandle) {
      interrupts.started(run);
      note(`${run.runId} started, ${tierText(run)}`);
      note(gateText(run));
    },
    spentMicroUsd: () => counts.spentMicroUsd,
    wasRefused: () => counts.refused > 0,
    close: () => interrupts.close(),
  };
}
