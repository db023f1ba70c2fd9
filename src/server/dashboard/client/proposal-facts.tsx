// What a person needs to know of a proposal besides its payload: what it claims, and what the rules say of it.
import type { WireProposal } from '../../wire/proposal.ts';
import { Fact } from './fact.tsx';
import { formatMicroUsd } from './money.ts';
import { ADVISORY_MEANING } from './tier.tsx';
import { Visible } from './visible.tsx';
import { webLink } from './web-link.ts';

/** What will be so afterwards, and why, both in the agent's words. */
export function ProposalStory(props: { readonly proposal: WireProposal }) {
  const { proposal } = props;
  return (
    <>
      <p class="outcome-line">
        <Visible text={proposal.expected_outcome} />
      </p>
      {proposal.rationale !== null && proposal.rationale !== '' && (
        <p class="rationale">
          <span class="muted">Why, in the agent’s words: </span>
          <Visible text={proposal.rationale} />
        </p>
      )}
    </>
  );
}

export function ProposalFacts(props: { readonly proposal: WireProposal }) {
  const { proposal } = props;
  return (
    <dl class="facts">
      <Fact name="Rule">
        <code>
          <Visible text={proposal.rule} />
        </code>
        {proposal.reasons.length > 0 && (
          <ul class="reasons">
            {proposal.reasons.map((reason) => (
              <li key={reason}>
                <Visible text={reason} />
              </li>
            ))}
          </ul>
        )}
      </Fact>
      <Fact name="Can it be undone?">{reversibility(proposal.reversible)}</Fact>
      <Fact name="Expected cost">
        {proposal.expected_cost_micro_usd === null
          ? 'The agent stated none.'
          : `${formatMicroUsd(proposal.expected_cost_micro_usd)}${proposal.reserved_micro_usd === null ? '' : ', reserved'}`}
      </Fact>
      <Fact name="Carried out by">
        <CarriedOutBy proposal={proposal} />
      </Fact>
      {proposal.tier === 'advisory' && (
        <Fact name="Confinement">
          <span class="caution">{ADVISORY_MEANING}</span>
        </Fact>
      )}
      {proposal.links.length > 0 && (
        <Fact name="Links">
          <ul class="links">
            {proposal.links.map((link) => (
              <li key={link}>
                <SafeLink text={link} />
              </li>
            ))}
          </ul>
        </Fact>
      )}
      {Object.keys(proposal.client_data).length > 0 && (
        <Fact name="Also sent, not believed">
          <code>
            <Visible text={JSON.stringify(proposal.client_data)} />
          </code>
        </Fact>
      )}
    </dl>
  );
}

function CarriedOutBy(props: { readonly proposal: WireProposal }) {
  const { executor, action_type: action } = props.proposal;
  if (executor !== null) {
    return (
      <>
        executor{' '}
        <code>
          <Visible text={executor} />
        </code>
        , once, with exactly this payload
      </>
    );
  }
  if (action.startsWith('tool:')) {
    return (
      <span class="caution">
        The agent’s own tool, which waits for your answer. What comes of it is the agent’s own word.
      </span>
    );
  }
  return (
    <span class="caution">No executor: approval is advice. The outcome will be the agent’s own word.</span>
  );
}

function SafeLink(props: { readonly text: string }) {
  const link = webLink(props.text);
  if (link === null) {
    return (
      <>
        <Visible text={props.text} /> <span class="muted">(not a web link: shown as text)</span>
      </>
    );
  }
  return (
    <>
      <a href={link.href} target="_blank" rel="noopener noreferrer">
        <Visible text={props.text} />
      </a>{' '}
      <span class="muted">opens {link.host}</span>
    </>
  );
}

function reversibility(reversible: boolean | null) {
  if (reversible === null) return 'Not stated.';
  if (reversible) return 'Yes, says the agent.';
  return <strong class="caution">No. It is irreversible.</strong>;
}
