// The smallest governed agent: it proposes an action, waits for the decision, acts when it is approved, and reports.
// Everything goes through the run's gateway; there is no key and no library. Copy it to begin an agent of your own.
import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const gateway = process.env.GOVERNED_GATEWAY;
const run = process.env.GOVERNED_RUN_ID;

if (gateway === undefined) {
  console.error('noop has no gateway. Start it with: governed-agents run noop');
  process.exit(1);
}

try {
  await main();
} catch (error) {
  console.error(`noop stopped: ${error.message}`);
  process.exitCode = 1;
}

async function main() {
  const submitted = await call('POST', '/proposals', {
    action_type: 'send_email',
    payload: { to: 'team@example.com', subject: 'Hello', body: 'The first governed email.' },
    expected_outcome: 'One email reaches the team.',
    rationale: 'Shows the loop: propose, wait, act, report.',
    reversible: false,
    idempotency_key: `${run}-email`,
  });
  console.log(`proposed send_email: ${submitted.proposal_id} is ${submitted.status}`);
  if (submitted.status === 'pending') console.log(`decide it at ${submitted.review_url}`);

  const proposal = await decision(submitted.proposal_id);
  if (proposal.status !== 'approved' && proposal.status !== 'auto-approved') {
    const why = proposal.note ? `: ${proposal.note}` : '';
    console.log(`not sent, the proposal is ${proposal.status}${why}`);
    await end('gave_up', `the proposal is ${proposal.status}${why}`);
    return;
  }

  // What was approved is what is done: a person may have edited the payload.
  const { to, subject } = proposal.payload;
  await appendFile(
    'noop.log',
    `${new Date().toISOString()} would send "${subject}" to ${to} (${proposal.proposal_id})\n`,
  );
  await call('POST', `/proposals/${proposal.proposal_id}/outcome`, {
    outcome: 'executed',
    detail: { wrote: 'noop.log' },
  });
  console.log('approved and done: see noop.log in the workspace');
  await end('goal_reached', 'the email was approved and noted in noop.log');
}

/** Waits as long as it takes; each request answers when the proposal is decided, or after 30 seconds. */
async function decision(id) {
  for (;;) {
    const proposal = await call('GET', `/proposals/${id}?wait=30s`);
    if (proposal.status !== 'pending') return proposal;
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
