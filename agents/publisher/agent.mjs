// An agent that never acts itself: it proposes to publish a note, and waits until the executor has done it (or nobody will).
// Everything goes through the run's gateway; there is no key and no library. Copy it to begin an agent of your own.
import { setTimeout as sleep } from 'node:timers/promises';

const gateway = process.env.GOVERNED_GATEWAY;
const run = process.env.GOVERNED_RUN_ID;

if (gateway === undefined) {
  console.error('publisher has no gateway. Start it with: governed-agents run publisher');
  process.exit(1);
}

try {
  await main();
} catch (error) {
  console.error(`publisher stopped: ${error.message}`);
  process.exitCode = 1;
}

async function main() {
  const submitted = await call('POST', '/proposals', {
    action_type: 'publish_note',
    payload: {
      title: 'What a governed agent is',
      body: 'An agent that proposes, and acts only after a decision that it could not have made itself.',
    },
    expected_outcome: 'The note stands in published/, once.',
    rationale: 'The first note of this project.',
    idempotency_key: `${run}-note`,
  });
  console.log(`proposed publish_note: ${submitted.proposal_id} is ${submitted.status}`);
  if (submitted.status === 'pending') console.log(`decide it at ${submitted.review_url}`);

  const proposal = await outcome(submitted.proposal_id);
  const detail = JSON.stringify(proposal.outcome?.detail ?? null);
  if (proposal.status === 'executed') {
    console.log(`published: ${detail}`);
    await end('goal_reached', `the note is published: ${detail}`);
    return;
  }
  const why = giveUpReason(proposal, detail);
  console.log(`not published: ${why}`);
  await end('gave_up', why);
}

function giveUpReason(proposal, detail) {
  switch (proposal.status) {
    case 'failed':
      return `the executor failed: ${detail}`;
    case 'unknown':
      return 'nobody knows whether the executor did it; a person has to look';
    case 'approved':
    case 'auto-approved':
      return 'approved, but no executor is set up for publish_note in governed.toml';
    default:
      return `the proposal is ${proposal.status}${proposal.note ? `: ${proposal.note}` : ''}`;
  }
}

/** Waits until nothing more will happen to a proposal. While it is pending, each request waits up to 30 seconds by itself. */
async function outcome(id) {
  for (;;) {
    const proposal = await call('GET', `/proposals/${id}?wait=30s`);
    const isApproved = proposal.status === 'approved' || proposal.status === 'auto-approved';
    const isOnItsWay = proposal.status === 'executing' || (isApproved && proposal.executor !== null);
    if (proposal.status !== 'pending' && !isOnItsWay) return proposal;
    if (isOnItsWay) await sleep(200);
  }
}

async function end(reason, note) {
  await call('POST', '/runs/me/end', { reason, note });
}

/** One request to the gateway. It is sent again when the gateway is away or busy: a pause, a restart. */
async function call(method, path, body) {
  for (let attempt = 1; ; attempt += 1) {
    const response = await request(method, path, body);
    if (response?.ok) return response.json();
    if (response !== null && response.status !== 503) throw new Error(await problem(response));
    if (attempt === 60) throw new Error('the gateway did not answer for a minute');
    await sleep(1_000);
  }
}

async function request(method, path, body) {
  try {
    return await fetch(gateway + path, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    return null; // no answer at all
  }
}

/** The reason of a refusal, as the gateway words it. */
async function problem(response) {
  const { detail, hint } = await response.json().catch(() => ({}));
  return [detail ?? `the gateway answered ${response.status}`, hint].filter(Boolean).join('; ');
}
