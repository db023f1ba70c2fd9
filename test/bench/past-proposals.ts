// A store with a past of proposals, made quickly: nearly all carried out long ago, some refused, ten waiting, five approved and open,
// each with the events that the governor would have written. They are of runs that ended; twenty agents have a live run each.
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { GENESIS_HASH, sealEvent } from '../../src/core/audit/event.ts';
import { newId } from '../../src/core/id.ts';
import { readTip } from '../../src/store/read/events.ts';
import { projectOf, rulesOf } from '../config/bundle-of.ts';
import { createFixture, type Fixture } from '../governor/fixture.ts';
import { AGENTS, randomBytesFrom } from './history.ts';

const AGENT_TOML = 'adapter = "command"\ncommand = ["true"]\n[tools]\nallow = ["Bash"]\n';
const STEP_MS = 60_000;
const PROPOSALS_A_RUN = 50;

export interface PastProposals {
  readonly fixture: Fixture;
  readonly runIds: readonly string[];
}

export function storeWithProposals(count: number): PastProposals {
  const texts = {
    'governed.toml': '[project]\nid = "prj_01hzy3v8k4qj6m9t2w5x7b1c0d"\n[runs]\nconcurrent = 100\n',
    ...Object.fromEntries(AGENTS.map((id) => [`agents/${id}/agent.toml`, AGENT_TOML])),
  };
  const rules = rulesOf(texts);
  const fixture = createFixture(rules);
  const db = new Database(fixture.store.path);
  const file = db.prepare(
    'INSERT INTO rule_files (rules_hash, path, executable, content) VALUES (?, ?, 0, ?)',
  );
  for (const [path, { bytes }] of projectOf(texts).files) file.run(rules.hash, path, bytes);
  fixture.nowMs = Date.now() - count * STEP_MS - 60_000;
  const runIds = AGENTS.map((id) => fixture.newRun(id));
  writeProposals(fixture, db, runIds, count);
  db.close();
  fixture.nowMs = Date.now();
  return { fixture, runIds };
}

type Kind = 'executed' | 'rejected' | 'pending' | 'approved';

const EVENTS: Readonly<Record<Kind, readonly string[]>> = {
  executed: ['proposal_submitted', 'proposal_decided', 'action_executed'],
  rejected: ['proposal_submitted', 'proposal_decided'],
  pending: ['proposal_submitted'],
  approved: ['proposal_submitted', 'proposal_decided'],
};

function kindOf(n: number, count: number): Kind {
  if (n >= count - 10) return 'pending';
  if (n >= count - 15) return 'approved';
  return n % 20 === 0 ? 'rejected' : 'executed';
}

function isOpen(kind: Kind): boolean {
  return kind === 'pending' || kind === 'approved';
}

function writeProposals(
  fixture: Fixture,
  db: Database.Database,
  runIds: readonly string[],
  count: number,
): void {
  db.pragma('synchronous = OFF');
  const proposal = db.prepare(
    `INSERT INTO proposals (id, run_id, agent_id, action_type, payload, payload_hash, expected_outcome, links, client_data,
       request_hash, tier, effect, rule, reasons, severity, status, created_at_ms, expires_at_ms, decided_at_ms)
     VALUES (?, ?, ?, 'send_email', ?, ?, 'sent', '[]', '{}', ?, 'advisory', 'require_approval', 'default', '[]', 'medium',
       ?, ?, ?, ?)`,
  );
  const event = db.prepare(
    `INSERT INTO events (seq, ts_ms, event_type, agent_id, run_id, proposal_id, event, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const eventPayload = db.prepare('INSERT INTO event_payloads (seq, salt, payload) VALUES (?, ?, ?)');
  const random = randomBytesFrom('proposals');
  const run = db.prepare(
    `INSERT INTO runs (id, agent_id, status, tier, agent_version, rules_hash, secret_hash, supervised, runner, started_at_ms,
       ended_at_ms) VALUES (?, ?, 'succeeded', 'advisory', ?, ?, ?, 1, '{}', ?, ?)`,
  );
  const ended = new Map<string, string>();
  const endedRun = (agentId: string, tsMs: number): string => {
    const id = newId('run', tsMs, random(10));
    run.run(id, agentId, GENESIS_HASH, fixture.rules.hash, id, tsMs, tsMs + 1);
    return id;
  };
  db.transaction(() => {
    let { seq, hash: prevHash } = readTip(fixture.store);
    for (let n = 0; n < count; n += 1) {
      const tsMs = fixture.nowMs + n * STEP_MS;
      const index = n % AGENTS.length;
      const agentId = AGENTS[index] ?? '';
      const slot = `${index} ${Math.floor(n / (AGENTS.length * PROPOSALS_A_RUN))}`;
      const runId = isOpen(kindOf(n, count))
        ? (runIds[index] ?? '')
        : (ended.get(slot) ?? endedRun(agentId, tsMs));
      if (!isOpen(kindOf(n, count))) ended.set(slot, runId);
      const id = newId('prp', tsMs, random(10));
      const payload = JSON.stringify({
        to: `person-${n}@example.org`,
        subject: 'hello',
        body: 'x'.repeat(200),
      });
      const payloadHash = createHash('sha256').update(payload).digest('hex');
      const status = kindOf(n, count);
      const decidedMs = status === 'pending' ? null : tsMs;
      const expiresMs = tsMs + count * STEP_MS + 86_400_000;
      proposal.run(id, runId, agentId, payload, payloadHash, payloadHash, status, tsMs, expiresMs, decidedMs);
      for (const eventType of EVENTS[status]) {
        seq += 1;
        const sealed = sealEvent(
          {
            eventType,
            actor: { kind: 'agent', id: agentId },
            agentId,
            runId,
            proposalId: id,
            tier: 'advisory',
            payload: { action_type: 'send_email', payload_hash: payloadHash, status },
          },
          {
            seq,
            tsMs,
            hostId: 'hst_bench',
            policyHash: GENESIS_HASH,
            prevHash,
            salt: random(16).toString('hex'),
          },
        );
        event.run(seq, tsMs, eventType, agentId, runId, id, sealed.event, sealed.hash);
        eventPayload.run(seq, sealed.salt, sealed.payload);
        prevHash = sealed.hash;
      }
    }
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
}
