// Notices, in an answer that passes by, that a proposal of this run now waits for a person, so that whoever watches the run can be
// asked in place. A hint and no more: the proposal itself is read from the server.
import type { IncomingMessage } from 'node:http';

export interface HeldProposal {
  readonly proposalId: string;
}

const MAX_ANSWER_BYTES = 64 * 1024;

export function noticeHeld(
  path: string,
  answer: IncomingMessage,
  onHeld: (held: HeldProposal) => void,
): void {
  const isAsked = path === '/proposals' || path === '/tool-calls';
  if (!isAsked || answer.statusCode === undefined || answer.statusCode >= 300) return;
  const chunks: Buffer[] = [];
  let totalBytes = 0;
  answer.on('data', (chunk: Buffer) => {
    totalBytes += chunk.length;
    if (totalBytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
  });
  answer.once('end', () => {
    const proposalId = heldIn(Buffer.concat(chunks).toString('utf8'));
    if (proposalId !== null) onHeld({ proposalId });
  });
}

function heldIn(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('proposal_id' in value)) return null;
    const waits =
      ('status' in value && value.status === 'pending') ||
      ('verdict' in value && value.verdict === 'require_approval');
    return waits && typeof value.proposal_id === 'string' ? value.proposal_id : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
