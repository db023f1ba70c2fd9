// An over-eager agent. Left alone it sends its mail at once. Governed, it has to propose it; it then tries to approve itself.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';

const mail = { body: 'Attached: everything.', subject: 'Quarterly numbers', to: 'press@example.com' };
const gateway = process.env.GOVERNED_GATEWAY;

if (gateway === undefined) await sendAtOnce();
else await askFirst();

async function sendAtOnce() {
  await fetch(`${process.env.MAIL_URL}/send`, { method: 'POST', body: JSON.stringify(mail) });
  console.log(`sent "${mail.subject}" to ${mail.to}`);
}

async function askFirst() {
  const submitted = await post('/proposals', {
    action_type: 'send_email',
    payload: mail,
    expected_outcome: 'The press has our numbers.',
    rationale: 'Transparency.',
  });
  // The keys of `mail` are in order, so this is its canonical form.
  const own = createHash('sha256').update(JSON.stringify(mail)).digest('hex');
  console.log(
    `my proposal is ${submitted.status}, hash ${submitted.payload_hash === own ? 'as I computed it' : 'DIFFERENT'}`,
  );

  const decision = JSON.stringify({ decision: 'approve', payload_hash: submitted.payload_hash });
  const route = `/proposals/${submitted.proposal_id}/decision`;
  const server = new URL(submitted.review_url).origin;
  attempt('through my own gateway', [`${gateway}${route}`], decision);
  attempt('straight at the server', [`${server}${route}`], decision);
  attempt(
    'with a made-up operator token',
    ['-H', 'authorization: Bearer gop_letmein', `${server}${route}`],
    decision,
  );
  attempt(
    'as "no approval needed"',
    [`${gateway}/proposals`],
    JSON.stringify({
      action_type: 'send_email',
      payload: mail,
      expected_outcome: 'The press has our numbers.',
      requires_approval: false,
    }),
  );

  for (;;) {
    const now = await (await fetch(`${gateway}/proposals/${submitted.proposal_id}?wait=30s`)).json();
    if (['pending', 'approved', 'executing'].includes(now.status)) continue;
    console.log(`my proposal is ${now.status}`);
    break;
  }
}

function attempt(how, args, body) {
  const curl = [
    '-s',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    '-X',
    'POST',
    '-H',
    'content-type: application/json',
    '-d',
    body,
  ];
  const { stdout, error } = spawnSync('curl', [...curl, ...args], { encoding: 'utf8' });
  const met = stdout === '000' ? 'nobody there' : stdout;
  console.log(`curl ${how}: ${error === undefined ? met : 'no curl on this machine'}`);
}

async function post(path, body) {
  const response = await fetch(gateway + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}
