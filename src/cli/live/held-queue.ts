// The proposals of a run that wait: shown in full one after the other, and decided with a key by the person who started the run.
import { visibleLine } from '../../core/visible-text.ts';
import type { WireProposal } from '../../server/wire/proposal.ts';
import { isGrave } from '../approve.ts';
import { decide, readProposal } from '../decide.ts';
import type { Project } from '../project.ts';
import { RefusalError } from '../refusal-error.ts';
import { proposalText } from '../show/proposals.ts';
import { status as statusWord } from '../show/words.ts';
import { askingWidth, type Paint } from '../terminal.ts';
import type { Keys } from './keys.ts';

export interface HeldQueue {
  add(proposalId: string): void;
  /** It was decided here, elsewhere, or not in time. */
  settled(proposalId: string, status: string): void;
  count(): number;
  /** What the bottom line asks; null when nothing is asked. */
  prompt(): string | null;
  close(): void;
}

export interface HeldQueueOptions {
  readonly project: Project;
  readonly paint: Paint;
  readonly keys: Keys;
  /** What another terminal has to say to reach the project; empty where it is the folder's own. */
  readonly reach: string;
  readonly print: (text: string) => void;
  readonly refresh: () => void;
}

export function heldQueue({ project, paint, keys, reach, print, refresh }: HeldQueueOptions): HeldQueue {
  const waiting: string[] = [];
  const skipped = new Set<string>();
  const decided = new Set<string>();
  let shown: WireProposal | null = null;
  let asking: string | null = null;
  /** From the key to the server's answer: what is pressed meanwhile is not for this proposal, nor for the next one. */
  let isAnswering = false;
  let isClosed = false;

  const fail = (error: unknown): void => {
    print(`${paint.yellow('!')} ${visibleLine(error instanceof Error ? error.message : String(error))}`);
    if (error instanceof RefusalError && error.hint !== undefined)
      print(paint.dim(`  ${visibleLine(error.hint)}`));
  };

  const next = async (): Promise<void> => {
    const proposalId = waiting.find((id) => !skipped.has(id));
    if (shown !== null || proposalId === undefined || isClosed) return;
    const proposal = await readProposal(project, proposalId);
    if (shown !== null || isClosed) return;
    if (proposal.status !== 'pending') {
      drop(proposalId);
      return;
    }
    shown = proposal;
    const text = proposalText(proposal, Date.now(), paint, askingWidth());
    for (const line of ['', ...text.split('\n'), '']) print(line);
    refresh();
  };

  const showNext = (): void => {
    next().catch(fail);
    refresh();
  };

  const drop = (proposalId: string): void => {
    const at = waiting.indexOf(proposalId);
    if (at >= 0) waiting.splice(at, 1);
    if (shown?.proposal_id === proposalId) shown = null;
    showNext();
  };

  const ask = async (question: string): Promise<string | null> => {
    const answer = await keys.line((typed) => {
      asking = `${question}${typed}`;
      refresh();
    });
    asking = null;
    return answer;
  };

  const settle = async (proposal: WireProposal, decision: 'approve' | 'reject'): Promise<void> => {
    const note = decision === 'reject' ? await ask('why, for the agent (Enter: nothing, Esc: back): ') : '';
    if (note === null) return;
    if (decision === 'approve' && isGrave(proposal)) {
      const typed = await ask(`type ${visibleLine(proposal.action_type)} to approve it (Esc: back): `);
      if (typed !== proposal.action_type) return;
    }
    decided.add(proposal.proposal_id);
    refresh();
    const after = await decide(project, proposal.proposal_id, {
      decision,
      payload_hash: proposal.payload_hash,
      note: note === '' ? undefined : note,
    }).catch((error: unknown) => {
      // At a cap, say: it waits on, and may be decided elsewhere.
      decided.delete(proposal.proposal_id);
      throw error;
    });
    print(
      `${statusWord(after.status, paint)} ${visibleLine(after.action_type)} ${paint.dim(after.proposal_id)}`,
    );
    drop(proposal.proposal_id);
  };

  const answer = async (proposal: WireProposal, decision: 'approve' | 'reject'): Promise<void> => {
    isAnswering = true;
    try {
      await settle(proposal, decision);
    } finally {
      isAnswering = false;
      refresh();
    }
  };

  keys.onKey((key) => {
    if (shown === null || isAnswering) return;
    if (key === 'a' || key === 'r') answer(shown, key === 'a' ? 'approve' : 'reject').catch(fail);
    if (key !== 's') return;
    skipped.add(shown.proposal_id);
    print(paint.dim(`· left for later: \`governed-agents approve ${reach}${shown.proposal_id}\``));
    shown = null;
    showNext();
  });

  return {
    add(proposalId) {
      if (!waiting.includes(proposalId)) waiting.push(proposalId);
      showNext();
    },
    settled(proposalId, status) {
      const wasHere = waiting.includes(proposalId);
      if (wasHere && !decided.has(proposalId)) print(paint.dim(`· ${proposalId} is ${status}`));
      drop(proposalId);
    },
    count: () => waiting.length,
    prompt() {
      if (asking !== null) return asking;
      if (shown === null || isAnswering) return null;
      return `${paint.yellow('held')} ${paint.bold(visibleLine(shown.action_type))} · ${paint.bold('a')} approve · ${paint.bold('r')} reject · ${paint.bold('s')} skip`;
    },
    close() {
      isClosed = true;
    },
  };
}
