// Proposals as a table, and one in full: everything that a person needs to decide, nothing cut, hidden characters marked.
import { payloadText } from '../../core/payload-text.ts';
import { visiblePieces, visibleString } from '../../core/visible-text.ts';
import type { WireProposal } from '../../server/wire/proposal.ts';
import { outputWidth, type Paint } from '../terminal.ts';
import { payloadDiffText } from './payload-diff.ts';
import { tableText } from './table.ts';
import { ago, dollars, status } from './words.ts';

export function proposalsText(proposals: readonly WireProposal[], nowMs: number, paint: Paint): string {
  if (proposals.length === 0) return 'No such proposal.';
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
      visibleString(proposal.agent_id ?? 'operator'),
      paint.bold(visibleString(proposal.action_type)),
      status(proposal.status, paint),
      howText(proposal, nowMs),
      severity(proposal.severity, paint),
      ago(proposal.created_at, nowMs),
      visibleString(proposal.rule),
    ]),
    paint,
    outputWidth(),
  );
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
  if (by.kind === 'policy') return `by the rule ${visibleString(by.id ?? 'defaults')}`;
  return by.kind === 'grant'
    ? `by the grant ${by.id ?? ''}`
    : `by an operator${by.via === 'dashboard' ? ', on the dashboard' : ''}`;
}

export function severity(word: WireProposal['severity'], paint: Paint): string {
  if (word === 'critical') return paint.bold(paint.red(word));
  if (word === 'high') return paint.red(word);
  return word === 'medium' ? paint.yellow(word) : word;
}

export function proposalText(proposal: WireProposal, nowMs: number, paint: Paint): string {
  const lines = [
    `${paint.bold(visibleString(proposal.action_type))}  ${severity(proposal.severity, paint)}  ${statusText(proposal, nowMs, paint)}`,
  ];
  const fact = (name: string, text: string | null): void => {
    if (text === null || text === '') return;
    // Lines of an agent's text stay behind a gutter: none of them can pass for a field of ours.
    const folded = text.split('\n').join(`\n${' '.repeat(12)}${paint.dim('┆')} `);
    lines.push(`  ${paint.dim(name.padEnd(9))} ${folded}`);
  };
  fact('proposal', proposal.proposal_id);
  fact('agent', by(proposal));
  fact('expects', marked(proposal.expected_outcome, paint));
  fact('because', proposal.rationale === null ? null : marked(proposal.rationale, paint));
  fact(
    'cost',
    proposal.expected_cost_micro_usd === null
      ? null
      : `${dollars(proposal.expected_cost_micro_usd)}, as the agent expects${proposal.reserved_micro_usd === null ? '' : '; reserved'}`,
  );
  fact(
    'undo',
    proposal.reversible === false
      ? paint.red('irreversible, the agent says')
      : proposal.reversible === true
        ? 'reversible, the agent says'
        : null,
  );
  fact('rule', `${visibleString(proposal.rule)}: ${proposal.reasons.map(visibleString).join('; ')}`);
  fact(
    'then',
    proposal.executor === null
      ? paint.yellow(
          proposal.action_type.startsWith('tool:')
            ? 'the agent’s own tool runs it, and what came of it is the agent’s own word'
            : 'nothing of ours acts: the approval is advice to the agent',
        )
      : `the executor ${visibleString(proposal.executor)} carries it out, once`,
  );
  for (const link of proposal.links) fact('link', marked(link, paint));
  if (Object.keys(proposal.client_data).length > 0)
    fact('claims', `${marked(JSON.stringify(proposal.client_data), paint)} (kept, not believed)`);
  fact('hash', proposal.payload_hash);
  if (proposal.final) fact('final', 'the run may not propose the same on the same target again');
  if (proposal.outcome !== null) {
    const detail =
      proposal.outcome.detail === null ? '' : `: ${marked(JSON.stringify(proposal.outcome.detail), paint)}`;
    fact(
      'outcome',
      `${status(proposal.outcome.outcome, paint)}${costText(proposal.outcome.cost_micro_usd)} (by the ${proposal.outcome.by}'s word)${detail}`,
    );
  }
  fact('note', proposal.note === null ? null : marked(proposal.note, paint));
  lines.push(`  ${paint.dim('payload')}`);
  for (const line of payloadText(proposal.payload).split('\n'))
    lines.push(`  ${paint.dim('│')} ${marked(line, paint)}`);
  if (proposal.original_payload_hash !== null) {
    lines.push(`  ${paint.dim('edited')}    an operator's edit of ${proposal.original_payload_hash}`);
    lines.push(payloadDiffText(proposal.original_payload, proposal.payload, paint));
  }
  return lines.join('\n');
}

function by(proposal: WireProposal): string {
  const who = visibleString(proposal.agent_id ?? 'operator');
  const run = proposal.run_id === null ? '' : ` in ${proposal.run_id}`;
  return `${who}${run}${proposal.tier === null ? '' : `, ${proposal.tier}`}`;
}

/** Hidden characters stand out as such. */
function marked(text: string, paint: Paint): string {
  return visiblePieces(text)
    .map((piece) => (piece.kind === 'plain' ? piece.text : paint.inverse(piece.token)))
    .join('');
}

function costText(microUsd: number | null): string {
  return microUsd === null ? '' : `, for ${dollars(microUsd)}`;
}
