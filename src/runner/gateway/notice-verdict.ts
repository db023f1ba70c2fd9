// Notices, in an answer that passes by, that something of this run now waits for a person or was denied, so that whoever watches the run
// can be asked, or told, in place. A hint and no more: the proposal itself is read from the server.
import type { IncomingMessage } from 'node:http';

export interface HeldProposal {
  readonly proposalId: string;
}

export interface DeniedAction {
  /** Null for a tool call that never became one. */
  readonly proposalId: string | null;
  readonly rule: string;
  readonly reasons: readonly string[];
}

export interface VerdictListener {
  readonly onHeld: (held: HeldProposal) => void;
  readonly onDenied: (denied: DeniedAction) => void;
}

const MAX_ANSWER_BYTES = 64 * 1024;

export function noticeVerdict(path: string, answer: IncomingMessage, listener: VerdictListener): void {
  const isAsked = path === '/proposals' || path === '/tool-calls';
  if (!isAsked || answer.statusCode === undefined || answer.statusCode >= 300) return;
  const chunks: Buffer[] = [];
  let totalBytes = 0;
  answer.on('data', (chunk: Buffer) => {
    totalBytes += chunk.length;
    if (totalBytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
  });
  answer.once('end', () => tell(Buffer.concat(chunks).toString('utf8'), listener));
}

function tell(text: string, { onHeld, onDenied }: VerdictListener): void {
  const answer = parsed(text);
  if (answer === null) return;
  const { proposal_id, status, verdict, rule, reasons } = answer;
  const proposalId = typeof proposal_id === 'string' ? proposal_id : null;
  const waits = status === 'pending' || verdict === 'require_approval';
  if (waits && proposalId !== null) onHeld({ proposalId });
  if (status !== 'denied' && verdict !== 'deny') return;
  if (typeof rule === 'string' && Array.isArray(reasons))
    onDenied({ proposalId, rule, reasons: reasons.filter((each) => typeof each === 'string') });
}

function parsed(
  text: string,
): Readonly<Record<'proposal_id' | 'status' | 'verdict' | 'rule' | 'reasons', unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    return { proposal_id: null, status: null, verdict: null, rule: null, reasons: null, ...value };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
