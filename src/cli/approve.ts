// Decisions on the terminal. What is approved is what was shown: its hash goes with the decision, and an action that can't be undone
// wants its name typed.
import { InputError } from '../core/fault.ts';
import { visibleString } from '../core/visible-text.ts';
import type { WireProposal } from '../server/wire/proposal.ts';
import { askLine, askYesNo } from './ask.ts';
import { decide, readPending, readProposal } from './decide.ts';
import type { Output } from './output.ts';
import type { Project } from './project.ts';
import { RefusalError } from './refusal-error.ts';
import { proposalText } from './show/proposals.ts';
import { status } from './show/words.ts';
import { isInteractive } from './terminal.ts';

export interface ApproveOptions {
  readonly note?: string;
  readonly payloadHash?: string;
}

export function needsHash(proposal: WireProposal | null): InputError {
  return new InputError({
    code: 'needs_payload_hash',
    message: 'nobody is at the terminal to look at the payload',
    hint:
      proposal === null
        ? 'list what waits with `governed-agents proposals --status pending --json`, then approve each with its --payload-hash'
        : `look at it with \`governed-agents proposals --json\`, then say --payload-hash ${proposal.payload_hash}`,
  });
}

export async function approveOne(
  project: Project,
  output: Output,
  proposalId: string,
  options: ApproveOptions,
): Promise<void> {
  const proposal = await readProposal(project, proposalId);
  if (options.payloadHash === undefined) {
    if (!isInteractive()) throw needsHash(proposal);
    output.line(proposalText(proposal, Date.now(), output.paint));
    refuseSettled(proposal);
    if (!(await confirmed(proposal))) {
      throw new RefusalError({
        code: 'not_confirmed',
        detail: 'nothing was decided; the proposal still waits',
        hint: `refuse it with \`governed-agents reject ${proposalId}\``,
      });
    }
  }
  const decided = await decide(project, proposalId, {
    decision: 'approve',
    payload_hash: options.payloadHash ?? proposal.payload_hash,
    note: options.note,
  });
  tellDecided(output, decided);
}

/** Says so before asking: an answer to what is settled would be refused. */
function refuseSettled(proposal: WireProposal): void {
  if (proposal.status === 'pending') return;
  throw new RefusalError({
    code: proposal.status === 'expired' ? 'expired' : 'already_decided',
    detail: `the proposal is ${proposal.status} already`,
    hint: null,
  });
}

export function tellDecided(output: Output, proposal: WireProposal): void {
  output.data(proposal);
  const { paint } = output;
  output.line(
    `${status(proposal.status, paint)}: ${visibleString(proposal.action_type)} (${proposal.proposal_id})`,
  );
  if (proposal.status === 'approved' && proposal.executor !== null) {
    output.line(
      paint.dim(
        `  ${visibleString(proposal.executor)} carries it out; see \`governed-agents audit list --proposal ${proposal.proposal_id}\``,
      ),
    );
  }
}

async function confirmed(proposal: WireProposal): Promise<boolean> {
  if (!isGrave(proposal)) return askYesNo('Approve exactly this payload?');
  const answer = await askLine(
    `This ${gravity(proposal)}. Type ${visibleString(proposal.action_type)} to approve it: `,
  );
  return answer === proposal.action_type;
}

export function isGrave(proposal: WireProposal): boolean {
  return proposal.reversible === false || proposal.severity === 'critical';
}

function gravity(proposal: WireProposal): string {
  return proposal.reversible === false ? "can't be undone" : 'is critical';
}

/** Goes through what waits, oldest first, until nothing does or the person has enough. */
export async function walkThrough(project: Project, output: Output): Promise<void> {
  const skipped = new Set<string>();
  let decided = 0;
  for (;;) {
    const waiting = (await readPending(project)).filter(({ proposal_id }) => !skipped.has(proposal_id));
    const [proposal] = waiting;
    if (proposal === undefined) break;
    output.line();
    output.line(
      `${output.paint.dim(`${waiting.length} waiting`)}  ${proposalText(proposal, Date.now(), output.paint)}`,
    );
    output.line();
    const answer = await askLine('a approve · r reject · s skip · q quit: ');
    if (answer === null || answer === 'q') break;
    if (answer === 's') skipped.add(proposal.proposal_id);
    if (answer === 'r') decided += await tryDecide(project, output, proposal, 'reject');
    if (answer === 'a' && (!isGrave(proposal) || (await confirmed(proposal))))
      decided += await tryDecide(project, output, proposal, 'approve');
  }
  const left = skipped.size === 0 ? '' : `, ${skipped.size} skipped`;
  output.line(decided + skipped.size === 0 ? 'Nothing was decided.' : `${decided} decided${left}.`);
}

/** 1 when the decision counted. A refusal (somebody was faster, it expired) is said, and the walk goes on. */
async function tryDecide(
  project: Project,
  output: Output,
  proposal: WireProposal,
  decision: 'approve' | 'reject',
): Promise<number> {
  const note = decision === 'reject' ? await askLine('why (for the agent, may be empty): ') : null;
  try {
    const after = await decide(project, proposal.proposal_id, {
      decision,
      payload_hash: proposal.payload_hash,
      note: note === null || note === '' ? undefined : note,
    });
    tellDecided(output, after);
    return 1;
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    output.note(`${output.paintErr.yellow('!')} ${error.message}`);
    return 0;
  }
}
