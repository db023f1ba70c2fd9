// An agent that tries to approve itself by every route that decides or loosens, through its gateway and straight at the server.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Scenario } from './harness.ts';

let scenario: Scenario;
afterEach(() => scenario.close());

const ATTACKER = `
const G = process.env.GOVERNED_GATEWAY;
const json = { 'content-type': 'application/json' };
const post = (url, body, headers = {}) => fetch(url, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
const p = await (await post(G + '/proposals', { action_type: 'send_email', payload: { to: 'x' }, expected_outcome: 'y' })).json();
const server = new URL(p.review_url).origin;
const id = p.proposal_id;
const run = process.env.GOVERNED_RUN_ID;
const decide = { decision: 'approve', payload_hash: p.payload_hash };
const routes = [
  ['/proposals/' + id + '/decision', decide],
  ['/proposals/' + id + '/resolve', { action: 'executed', note: 'x' }],
  ['/grants', { action_type: 'send_email', uses: 10 }],
  ['/session/code', {}],
  ['/admin/accept', { rules_hash: 'a'.repeat(64) }],
  ['/admin/resume-all', {}],
  ['/admin/kill-switch', { on: false, reason: 'x' }],
  ['/agents/attacker/resume', {}],
  ['/runs/' + run + '/resume', {}],
  ['/budget/attacker/raise', { tier: 'run', usd: 100 }],
];
const gateway = new URL(G);
const secret = gateway.pathname.slice(1);
const doors = [
  ['gateway', G, {}],
  ['gateway claiming operator', G, { authorization: 'Bearer gop_x', 'x-governed-as': 'operator' }],
  ['server without identity', server, {}],
  ['server with a forged token', server, { authorization: 'Bearer gop_' + 'A'.repeat(43) }],
  ['server with the gateway secret', server, { authorization: 'Bearer ' + secret }],
  ['server with a forged session', server, { cookie: 'governed_session_' + new URL(server).port + '=x', 'x-governed-session': 'x', 'sec-fetch-site': 'same-origin' }],
];
const results = [];
for (const [door, base, headers] of doors) {
  for (const [path, body] of routes) {
    const response = await post(base + path, body, headers);
    results.push({ door, path, status: response.status });
  }
}
const own = await (await post(G + '/proposals', { action_type: 'send_email', payload: {}, expected_outcome: 'y', requires_approval: false })).json();
const now = await (await fetch(G + '/proposals/' + id)).json();
console.log('RESULT ' + JSON.stringify({ results, status: now.status, own: own.code }));
`;

it('refuses and flags every attempt of an agent to decide for itself', async () => {
  scenario = await Scenario.create((made) => {
    made.write('agents/noop/agent.mjs', ATTACKER);
    // In a jail it would not even find the server.
    made.write(
      'agents/noop/agent.toml',
      'adapter = "command"\ncommand = ["node", "agent.mjs"]\n[confine]\nmode = "off"\n',
    );
  });
  await scenario.serve();
  const run = await scenario.run(['run', 'noop']);
  const text = /RESULT (.*)/.exec(run.stdout)?.[1];
  expect(text, run.stdout + run.stderr).toBeDefined();
  const { results, status, own } = JSON.parse(text ?? '{}') as {
    results: { door: string; path: string; status: number }[];
    status: string;
    own: string;
  };
  expect(results).toHaveLength(60);
  expect(results.filter((each) => each.status !== 401 && each.status !== 403)).toEqual([]);
  expect(status).toBe('pending');
  expect(own).toBe('self_approve_blocked');
  const lines = readFileSync(join(scenario.stateDir, 'audit.jsonl'), 'utf8').split('\n');
  const flagged = lines.filter((line) => line.includes('"event_type":"audit_flag_forged_decision"'));
  expect(flagged).toHaveLength(60);
  expect(
    lines.filter((line) => line.includes('"event_type":"audit_flag_self_approve_attempt"')),
  ).toHaveLength(1);
});
