// Approvals on the terminal. What is approved is what was shown: its hash goes with the decision, and an action that can't be undone
// wants its name typed.
import { InputError } from '../core/fault.ts';
import { visibleLine } from '../core/visible-text.ts';
import type { WireDecided, WireProposal } from '../server/wire/proposal.ts';
import { askLine, askYesNo } from './ask.ts';
import { decide, decideAll, readProposal } from './decide.ts';
import { type Edit, editPayload } from './edit-payload.ts';
import { EXIT } from './exit-code.ts';
import type { Output } from './output.ts';
import type { Project } from './project.ts';
import { RefusalError } from './refusal-error.ts';
import { payloadDiffText } from './show/payload-diff.ts';
import { decidedText, proposalText } from './show/proposals.ts';
import { plural, status } from './show/words.ts';
import { askingWidth, isInteractive } from './terminal.ts';

export interface ApproveOptions {
  readonly note?: string;
  readonly payloadHash?: readonly string[];
  readonly edit?: boolean;
}

export function needsHash(proposal: WireProposal | null): InputError {
  return new InputError({
    code: 'needs_payload_hash',
    message: 'nobody is at the terminal to look at the payload',
    hint:
      proposal === null
        ? 'list what waits with `governed-agents proposals --status pending --json`, then approve each with its --payload-hash'
        : `look at it with \`governed-agents proposals ${proposal.proposal_id}\`, then say --payload-hash ${proposal.payload_hash}`,
  });
}

export async function approveOne(
  project: Project,
  output: Output,
  proposalId: string,
  options: ApproveOptions,
): Promise<void> {
  const [given] = options.payloadHash ?? [];
  checkHash(given, proposalId);
  const proposal = await readProposal(project, proposalId);
  if (given === undefined) {
    if (!isInteractive()) throw needsHash(proposal);
    output.note(proposalText(proposal, Date.now(), output.paintErr, askingWidth()));
  }
  if (given === undefined || options.edit === true) refuseSettled(proposal);
  const edit = options.edit === true ? await editShown(output, proposal) : null;
  if (given === undefined && !(await confirmed(proposal, edit))) throw notConfirmed(proposalId);
  const decided = await decide(project, proposalId, {
    decision: 'approve',
    payload_hash: given ?? proposal.payload_hash,
    note: options.note,
    ...(edit === null ? {} : { payload: edit.payload }),
  });
  tellDecided(output, decided);
}

function checkHash(given: string | undefined, proposalId: string): void {
  if (given === undefined || /^[0-9a-f]{64}$/.test(given)) return;
  throw new InputError({
    code: 'usage',
    message: `--payload-hash ${JSON.stringify(given)} is not a hash: that is 64 hex digits, in small letters`,
    hint: `\`governed-agents proposals ${proposalId}\` shows it`,
  });
}

/** Every one is shown whole before any is decided; each decision counts by itself. */
export async function approveSeveral(
  project: Project,
  output: Output,
  ids: readonly string[],
  options: ApproveOptions,
): Promise<void> {
  const proposals = await Promise.all(ids.map((id) => readProposal(project, id)));
  const hashes = options.payloadHash ?? [];
  if (hashes.length === 0) {
    if (!isInteractive()) throw needsHash(null);
    for (const proposal of proposals) {
      output.note(`\n${proposalText(proposal, Date.now(), output.paintErr, askingWidth())}`);
      refuseSettled(proposal);
      if (isGrave(proposal) && !(await confirmed(proposal, null))) throw notConfirmed(proposal.proposal_id);
    }
    if (!(await askYesNo(`Approve exactly these ${proposals.length} payloads?`))) throw notConfirmed(null);
  } else if (hashes.length !== ids.length) {
    throw new InputError({
      code: 'usage',
      message: `${plural(ids.length, 'proposal')} and ${plural(hashes.length, 'payload hash', 'payload hashes')}`,
      hint: 'give --payload-hash once for each proposal, in their order',
    });
  }
  for (const [index, id] of ids.entries()) checkHash(hashes[index], id);
  const decided = await decideAll(
    project,
    proposals.map(({ proposal_id, payload_hash }, index) => ({
      proposal_id,
      decision: 'approve',
      payload_hash: hashes[index] ?? payload_hash,
      note: options.note,
    })),
  );
  tellAll(output, decided);
}

export async function editShown(output: Output, proposal: WireProposal): Promise<Edit | null> {
  const edit = await editPayload(
    proposal.payload,
    async (problem) => isInteractive() && (await askYesNo(`That is not JSON (${problem}). Edit it again?`)),
  );
  if (edit === null) {
    output.note('Nothing was changed.');
    return null;
  }
  output.note(`\n${payloadDiffText(proposal.payload, edit.payload, output.paintErr, askingWidth())}`);
  output.note(`  ${output.paintErr.dim('new hash')}  ${edit.hash}`);
  return edit;
}

/** Says so before asking: an answer to what is settled would be refused. */
function refuseSettled(proposal: WireProposal): void {
  if (proposal.status === 'pending') return;
  throw new RefusalError({
    code: proposal.status === 'expired' ? 'expired' : 'already_decided',
    detail: `${proposal.proposal_id} is ${proposal.status} already: ${decidedText(proposal)}`,
    hint: null,
  });
}

function notConfirmed(proposalId: string | null): RefusalError {
  return new RefusalError({
    code: 'not_confirmed',
    detail: 'nothing was decided; what was shown still waits',
    hint:
      proposalId === null
        ? 'refuse what you do not want with `governed-agents reject`'
        : `refuse it with \`governed-agents reject ${proposalId}\``,
  });
}

export function tellDecided(output: Output, proposal: WireProposal): void {
  output.data(proposal);
  output.line(decidedLine(output, proposal));
  if (proposal.status === 'approved' && proposal.executor !== null) {
    output.line(
      output.paint.dim(
        `  ${visibleLine(proposal.executor)} carries it out; see \`governed-agents proposals ${proposal.proposal_id}\``,
      ),
    );
  }
}

/** Exit code 1 when any of them did not count. */
export function tellAll(output: Output, decided: readonly WireDecided[]): void {
  output.data({ items: decided });
  for (const each of decided) {
    if (each.decided) {
      output.line(decidedLine(output, each.proposal));
      continue;
    }
    const why = visibleLine(each.problem.detail);
    output.line(`${output.paint.red('not decided')}: ${each.proposal_id}: ${why}`);
    process.exitCode = EXIT.failed;
  }
}

function decidedLine({ paint }: Output, proposal: WireProposal): string {
  const edited = proposal.original_payload_hash === null ? '' : ', as edited';
  return `${status(proposal.status, paint)}${edited}: ${visibleLine(proposal.action_type)} (${proposal.proposal_id})`;
}

export async function confirmed(proposal: WireProposal, edit: Edit | null): Promise<boolean> {
  if (!isGrave(proposal)) {
    return askYesNo(edit === null ? 'Approve exactly this payload?' : 'Approve exactly this edited payload?');
  }
  const answer = await askLine(
    `This ${gravity(proposal)}. Type ${visibleLine(proposal.action_type)} to approve it: `,
  );
  return answer === proposal.action_type;
}

export function isGrave(proposal: WireProposal): boolean {
  return proposal.reversible === false || proposal.severity === 'critical';
}

function gravity(proposal: WireProposal): string {
  return proposal.reversible === false ? "can't be undone" : 'is critical';
}
