// Goes through what waits, oldest first, each shown whole, and does with it what the person says, until nothing waits or they have had
// enough. A refusal (somebody was faster, it expired, a rule denies the edit) is said, and the walk goes on.
import { InputError, OperationError } from '../core/fault.ts';
import { visibleLine } from '../core/visible-text.ts';
import type { WireProposal } from '../server/wire/proposal.ts';
import { confirmed, editShown, isGrave, tellDecided } from './approve.ts';
import { askLine } from './ask.ts';
import { decide, type EditedDecision, readPending } from './decide.ts';
import { grantLikeThis } from './grant-like-this.ts';
import type { Output } from './output.ts';
import type { Project } from './project.ts';
import { RefusalError } from './refusal-error.ts';
import { proposalText } from './show/proposals.ts';
import { askingWidth } from './terminal.ts';

const KEYS = 'a approve · r reject · f reject for good · e edit · g grant · s skip · q quit';
const HELP = `  a  approve exactly this payload, once
  r  reject it, with a note that the agent is told
  f  reject it for good: this run may not propose the same on the same target again
  e  edit the payload in $EDITOR, look at the difference, approve that instead
  g  approve it, and the next ones like it, within bounds that you set
  s  skip it, it still waits
  q  quit; what was not decided still waits`;

type Said = 'decided' | 'skip' | 'quit' | 'again';

export async function walkThrough(project: Project, output: Output): Promise<void> {
  const skipped = new Set<string>();
  let decided = 0;
  for (;;) {
    const waiting = (await readPending(project)).filter(({ proposal_id }) => !skipped.has(proposal_id));
    const [proposal] = waiting;
    if (proposal === undefined) break;
    const { paintErr } = output;
    const count = paintErr.dim(`${waiting.length} waiting`);
    output.note(`\n${count}  ${proposalText(proposal, Date.now(), paintErr, askingWidth())}\n`);
    const said = await handle(project, output, proposal);
    if (said === 'quit') break;
    if (said === 'decided') decided += 1;
    if (said === 'skip') skipped.add(proposal.proposal_id);
  }
  const left = skipped.size === 0 ? '' : `, ${skipped.size} skipped`;
  output.line(decided + skipped.size === 0 ? 'Nothing was decided.' : `${decided} decided${left}.`);
}

/** `again`: look at what waits anew. */
async function handle(project: Project, output: Output, proposal: WireProposal): Promise<Said> {
  for (;;) {
    const key = await askLine(`${KEYS}: `);
    if (key === null || key === 'q') return 'quit';
    if (key === 's') return 'skip';
    const act = ACTS[key];
    if (act === undefined) {
      output.note(HELP);
      continue;
    }
    try {
      if (await act(project, output, proposal)) return 'decided';
      output.note('Nothing was decided; it still waits.');
    } catch (error) {
      if (error instanceof OperationError && error.code === 'server_unreachable') throw error;
      const isExpected =
        error instanceof RefusalError || error instanceof InputError || error instanceof OperationError;
      if (!isExpected) throw error;
      output.note(`${output.paintErr.yellow('!')} ${visibleLine(error.message)}`);
      if (typeof error.hint === 'string') output.note(output.paintErr.dim(`  ${visibleLine(error.hint)}`));
      if (error instanceof RefusalError && SETTLED.has(error.code)) return 'again';
    }
  }
}

const SETTLED: ReadonlySet<string> = new Set(['already_decided', 'expired', 'payload_changed', 'not_found']);

/** True when the proposal is decided. */
type Act = (project: Project, output: Output, proposal: WireProposal) => Promise<boolean>;

const ACTS: Readonly<Record<string, Act>> = {
  async a(project, output, proposal) {
    if (isGrave(proposal) && !(await confirmed(proposal, null))) return false;
    return await send(project, output, proposal, { decision: 'approve' });
  },
  r: (project, output, proposal) => reject(project, output, proposal, false),
  f: (project, output, proposal) => reject(project, output, proposal, true),
  async e(project, output, proposal) {
    const edit = await editShown(output, proposal);
    if (edit === null || !(await confirmed(proposal, edit))) return false;
    return await send(project, output, proposal, { decision: 'approve', payload: edit.payload });
  },
  async g(project, output, proposal) {
    if (!(await grantLikeThis(project, output, proposal))) return false;
    return await send(project, output, proposal, { decision: 'approve' });
  },
};

async function reject(
  project: Project,
  output: Output,
  proposal: WireProposal,
  final: boolean,
): Promise<boolean> {
  const note = await askLine('why (for the agent, may be empty): ');
  if (note === null) return false;
  return await send(project, output, proposal, {
    decision: 'reject',
    note: note === '' ? undefined : note,
    final,
  });
}

async function send(
  project: Project,
  output: Output,
  proposal: WireProposal,
  decision: Omit<EditedDecision, 'payload_hash'>,
): Promise<boolean> {
  const bound = { ...decision, payload_hash: proposal.payload_hash };
  tellDecided(output, await decide(project, proposal.proposal_id, bound));
  return true;
}
