// Carries out an approved email: the payload arrives on stdin, byte for byte as it was approved. This program, and not the agent,
// knows how mail is sent.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const payload = readFileSync(0);
const url = readFileSync(join(process.env.GOVERNED_PROJECT_DIR, 'mail-server.url'), 'utf8').trim();
const response = await fetch(`${url}/send`, {
  method: 'POST',
  headers: { 'idempotency-key': process.env.GOVERNED_IDEMPOTENCY_KEY },
  body: payload,
});
const sha256 = createHash('sha256').update(payload).digest('hex');
console.log(JSON.stringify({ outcome: response.ok ? 'executed' : 'failed', detail: { sha256 } }));
