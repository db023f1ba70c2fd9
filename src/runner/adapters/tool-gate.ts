// Asks the server about one tool call and waits until the answer is final: a held call waits for its person, however long that
// takes, and whatever goes wrong on the way is a no. A call is asked about once; who asks again for the same gets the same answer.

import type { WireProposal } from '../../server/wire/proposal.ts';
import type { Activity } from '../gateway/activity.ts';
import type { RunLink } from '../link/run-link.ts';
import { type PatientContext, patientAnswer } from './patient-answer.ts';

export type ToolVerdict =
  /** `input` is what may run: what was asked, or what a person made of it. */
  | { readonly verdict: 'allow'; readonly input: unknown }
  | { readonly verdict: 'deny'; readonly message: string };

export interface ToolGateContext extends PatientContext {
  readonly link: Pick<RunLink, 'checkTool' | 'proposal' | 'toolResult' | 'outcome'>;
  readonly activity: Activity;
  readonly onHeld: (held: { readonly proposalId: string }) => void;
}

export interface ToolGate {
  judge(callId: string, tool: string, input: unknown): Promise<ToolVerdict>;
  /** What came back of a call that was allowed; of others nothing is kept. */
  report(callId: string, ok: boolean, content: unknown): void;
  /** Resolves when every report is with the server, or can't be. */
  flush(): Promise<void>;
}

interface Judged {
  readonly asked: string;
  readonly verdict: Promise<ToolVerdict>;
  toolCallId: string | null;
  proposalId: string | null;
}

const WAIT_S = 30;
const LONGEST_RESULT_CHARS = 200_000;

export function toolGate(context: ToolGateContext): ToolGate {
  const calls = new Map<string, Judged>();
  const reports = new Set<Promise<void>>();

  const ask = async (call: Judged, tool: string, input: unknown): Promise<ToolVerdict> => {
    const answer = await patientAnswer(context, () => context.link.checkTool(tool, input));
    if (typeof answer === 'string') return no(answer);
    call.toolCallId = answer.tool_call_id;
    if (answer.verdict === 'allow') return { verdict: 'allow', input };
    if (answer.verdict === 'deny' || answer.proposal_id === null) {
      return no(`denied by ${answer.rule}: ${answer.reasons.join('; ')}`);
    }
    call.proposalId = answer.proposal_id;
    return decided(context, answer.proposal_id);
  };

  return {
    judge(callId, tool, input) {
      const asked = JSON.stringify([tool, input]);
      const known = calls.get(callId);
      if (known !== undefined) {
        return known.asked === asked
          ? known.verdict
          : Promise.resolve(no('this call was asked about with another input'));
      }
      let start: (verdict: Promise<ToolVerdict>) => void = () => undefined;
      const verdict = new Promise<ToolVerdict>((resolve) => {
        start = resolve;
      });
      const call: Judged = { asked, verdict, toolCallId: null, proposalId: null };
      calls.set(callId, call);
      start(ask(call, tool, input));
      return verdict;
    },
    report(callId, ok, content) {
      const call = calls.get(callId);
      if (call === undefined) return;
      const job: Promise<void> = reportOf(context, call, ok, content).finally(() => reports.delete(job));
      reports.add(job);
    },
    async flush() {
      while (reports.size > 0) await Promise.all(reports);
    },
  };
}

async function decided(context: ToolGateContext, proposalId: string): Promise<ToolVerdict> {
  const waitOver = context.activity.waitStarted();
  context.onHeld({ proposalId });
  try {
    for (;;) {
      // It waits in the record: a server that is away for long changes nothing about that.
      const ask = () => context.link.proposal(proposalId, WAIT_S);
      const proposal = await patientAnswer(context, ask, Number.POSITIVE_INFINITY);
      if (typeof proposal === 'string') return no(proposal);
      if (proposal.status === 'pending') continue;
      if (proposal.status === 'approved' || proposal.status === 'auto-approved') {
        return { verdict: 'allow', input: proposal.payload };
      }
      return no(whyNot(proposal));
    }
  } finally {
    waitOver();
  }
}

/** A person's no, a rule's and nobody's are three different things. */
function whyNot({ status, note, final, rule, reasons }: WireProposal): string {
  const said = note === null || note === '' ? '' : `: ${note}`;
  if (status === 'rejected') {
    return `rejected by a person${final ? ' for good (a variant of it is denied without asking)' : ''}${said}`;
  }
  if (status === 'expired') return 'expired: nobody decided in time; it may be asked again';
  return status === 'denied' ? `denied by ${rule}: ${reasons.join('; ')}` : `${status}${said}`;
}

async function reportOf(
  { link }: ToolGateContext,
  call: Judged,
  ok: boolean,
  content: unknown,
): Promise<void> {
  const verdict = await call.verdict;
  if (call.toolCallId === null || verdict.verdict === 'deny') return;
  await link.toolResult(call.toolCallId, ok, bounded(content));
  if (call.proposalId !== null) await link.outcome(call.proposalId, ok ? 'executed' : 'failed');
}

function no(message: string): ToolVerdict {
  return { verdict: 'deny', message };
}

function bounded(content: unknown): unknown {
  const text = JSON.stringify(content) ?? 'null';
  return text.length <= LONGEST_RESULT_CHARS ? content : `${text.slice(0, LONGEST_RESULT_CHARS)}…`;
}
