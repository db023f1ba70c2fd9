// Shows what a run is given and how it asks: a few plain requests to the run's gateway. From a shell the same is
//   curl "$GOVERNED_GATEWAY/status/me"
// Its working folder is workspace/, the only folder it may write to.
const gateway = process.env.GOVERNED_GATEWAY;

if (gateway === undefined) {
  console.error('hello has no gateway. Start it with: governed-agents run hello');
  process.exit(1);
}

try {
  await main();
} catch (error) {
  console.error(`hello stopped: ${error.message}`);
  process.exitCode = 1;
}

async function main() {
  // The names only: the gateway's address holds this run's secret.
  console.log(`my environment: ${Object.keys(process.env).sort().join(' ')}`);
  console.log('I am', await call('GET', '/status/me'));

  for (const command of ['echo hello', 'rm -rf /']) {
    const { verdict, reasons } = await call('POST', '/tool-calls', { tool: 'Bash', input: { command } });
    console.log(`may I run "${command}"? ${verdict}: ${reasons.join('; ')}`);
  }

  const draft = await call('POST', '/proposals', {
    action_type: 'draft_content',
    payload: { text: 'Hello from a governed agent.' },
    expected_outcome: 'A draft that nobody outside sees.',
  });
  console.log(`my draft is ${draft.status}: ${draft.reasons.join('; ')}`);

  await call('POST', '/runs/me/end', { reason: 'goal_reached', note: 'said hello' });
}

async function call(method, path, body) {
  const response = await fetch(gateway + path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error([answer.detail, answer.hint].filter(Boolean).join('; '));
  return answer;
}
