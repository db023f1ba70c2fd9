// Proposals as a table, and one in full: everything that a person needs to decide, nothing cut, hidden characters marked.
import { payloadText } from '../../core/payload-text.ts';
import { visibleLine } from '../../core/visible-text.ts';
import type { WireProposal } from '../../server/wire/proposal.ts';
import { outputWidth, type Paint } from '../terminal.ts';
import { foldedRows } from './folded-rows.ts';
import { foldedWords } from './folded-words.ts';
import { payloadDiffText } from './payload-diff.ts';
import { shownWidth } from './shown-width.ts';
import { tableText } from './table.ts';
import { ago, dollars, status } from './words.ts';

/** What stands before a text: our name of it, or that and the gutter. */
const NAME_COLUMNS = 12;
const FACT_COLUMNS = 14;
const GUTTER_COLUMNS = 4;

export interface ProposalFilter {
  readonly status?: string | undefined;
  readonly agentId?: string | undefined;
}

/** `filter`: what was asked for, so that an empty answer says of what there is none. */
export function proposalsText(
  proposals: readonly WireProposal[],
  filter: ProposalFilter,
  nowMs: number,
  paint: Paint,
): string {
  if (proposals.length === 0) return foldedWords(noProposal(filter), outputWidth());
  return tableText(
    [
      { title: 'proposal' },
      { title: 'agent' },
      { title: 'action' },
      { title: 'status' },
      { title: 'how', spare: 1 },
      { title: 'severity', spare: 2 },
      { title: 'made', spare: 4 },
      { title: 'rule', spare: 3 },
    ],
    proposals.map((proposal) => [
      proposal.proposal_id,
      visibleLine(proposal.agent_id ?? 'operator'),
      paint.bold(visibleLine(proposal.action_type)),
      status(proposal.status, paint),
      howText(proposal, nowMs),
      severity(proposal.severity, paint),
      ago(proposal.created_at, nowMs),
      visibleLine(proposal.rule),
    ]),
    paint,
    outputWidth(),
  );
}

function noProposal({ status: word, agentId }: ProposalFilter): string {
  const of = agentId === undefined ? '' : ` of ${visibleLine(agentId)}`;
  if (word !== undefined) return `No proposal${of} is ${word}.`;
  const name = agentId === undefined ? '<agent>' : visibleLine(agentId);
  return `No proposal${of} yet. \`governed-agents run ${name}\` may make one.`;
}

function statusText(proposal: WireProposal, nowMs: number, paint: Paint): string {
  const text = status(proposal.status, paint);
  const how = howText(proposal, nowMs);
  if (how === '') return text;
  return proposal.status === 'pending' ? `${text}, ${how}` : `${text} ${paint.dim(how)}`;
}

/** How long it still waits, or who decided it. */
function howText(proposal: WireProposal, nowMs: number): string {
  return proposal.status === 'pending' ? `expires ${ago(proposal.expires_at, nowMs)}` : decidedText(proposal);
}

/** Who decided: a person, a rule, a standing approval, or nobody in time. */
export function decidedText({ decided_by: by, status: now }: WireProposal): string {
  if (by === null) return now === 'cancelled' ? 'its run ended first' : '';
  if (by.kind === 'timeout') return 'nobody decided in time';
  if (by.kind === 'policy') return `by the rule ${visibleLine(by.id ?? 'defaults')}`;
  return by.kind === 'grant'
    ? `by the grant ${by.id ?? ''}`
    : `by an operator${by.via === 'dashboard' ? ', on the dashboard' : ''}`;
}

export function severity(word: WireProposal['severity'], paint: Paint): string {
  if (word === 'critical') return paint.bold(paint.red(word));
  if (word === 'high') return paint.red(word);
  return word === 'medium' ? paint.yellow(word) : word;
}

/** `columns` of the terminal that shows it. */
export function proposalText(proposal: WireProposal, nowMs: number, paint: Paint, columns: number): string {
  const lines = [
    `${paint.bold(visibleLine(proposal.action_type))}  ${severity(proposal.severity, paint)}  ${statusText(proposal, nowMs, paint)}`,
  ];
  const named = (name: string, text: string): string => `  ${paint.dim(name.padEnd(9))} ${text}`;
  const fact = (name: string, text: string | null): void => {
    if (text !== null) lines.push(foldedWords(named(name, text), columns, NAME_COLUMNS));
  };
  // What is not ours stays behind a gutter: no row of it can pass for a field of ours.
  const said = (name: string, text: string | null, lead = ''): void => {
    if (text === null || (text === '' && lead === '')) return;
    const folding = { columns: columns - FACT_COLUMNS, used: shownWidth(lead), at: 'words' } as const;
    const rows = foldedRows(text, folding, paint);
    lines.push(named(name, `${lead}${rows.join(`\n${' '.repeat(NAME_COLUMNS)}${paint.dim('┆')} `)}`));
  };
  fact('proposal', proposal.proposal_id);
  fact('agent', by(proposal));
  said('expects', proposal.expected_outcome);
  said('because', proposal.rationale);
  fact(
    'cost',
    proposal.expected_cost_micro_usd === null
      ? null
      : `${dollars(proposal.expected_cost_micro_usd)}, as the agent expects${proposal.reserved_micro_usd === null ? '' : '; reserved'}`,
  );
  fact('undo', undoText(proposal, paint));
  said('rule', `${proposal.rule}: ${proposal.reasons.join('; ')}`);
  fact('then', thenText(proposal, paint));
  for (const link of proposal.links) said('link', link);
  if (Object.keys(proposal.client_data).length > 0)
    said('claims', JSON.stringify(proposal.client_data), 'kept, not believed: ');
  lines.push(named('hash', proposal.payload_hash));
  if (proposal.final) fact('final', 'the run may not propose the same on the same target again');
  if (proposal.outcome !== null) {
    const { outcome, detail, by: who, cost_micro_usd } = proposal.outcome;
    const lead = `${status(outcome, paint)}${costText(cost_micro_usd)} (by the ${who}'s word)`;
    said('outcome', detail === null ? '' : JSON.stringify(detail), detail === null ? lead : `${lead}: `);
  }
  said('note', proposal.note);
  lines.push(`  ${paint.dim('payload')}`);
  for (const line of payloadText(proposal.payload).split('\n')) {
    const rows = foldedRows(line, { columns: columns - GUTTER_COLUMNS, at: 'anywhere' }, paint);
    lines.push(...rows.map((row, index) => `  ${paint.dim(index === 0 ? '│' : '┆')} ${row}`));
  }
  if (proposal.original_payload_hash !== null) {
    fact('edited', `an operator's edit of ${proposal.original_payload_hash}`);
    lines.push(payloadDiffText(proposal.original_payload, proposal.payload, paint, columns));
  }
  return lines.join('\n');
}

function undoText({ reversible }: WireProposal, paint: Paint): string | null {
  if (reversible === null) return null;
  return reversible ? 'reversible, the agent says' : paint.red('irreversible, the agent says');
}

function thenText({ executor, action_type }: WireProposal, paint: Paint): string {
  if (executor !== null) return `the executor ${visibleLine(executor)} carries it out, once`;
  return paint.yellow(
    action_type.startsWith('tool:')
      ? 'the agent’s own tool runs it, and what came of it is the agent’s own word'
      : 'nothing of ours acts: the approval is advice to the agent',
  );
}

function by(proposal: WireProposal): string {
  const who = visibleLine(proposal.agent_id ?? 'operator');
  const run = proposal.run_id === null ? '' : ` in ${proposal.run_id}`;
  return `${who}${run}${proposal.tier === null ? '' : `, ${proposal.tier}`}`;
}

function costText(microUsd: number | null): string {
  return microUsd === null ? '' : `, for ${dollars(microUsd)}`;
}
