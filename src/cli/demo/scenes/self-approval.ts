// Scene: the same agent, governed. It has to ask, tries to answer itself, is refused and flagged; a person decides; the executor acts once.
import { createHash } from 'node:crypto';
import type { Stage } from '../stage.ts';

export interface SelfApprovalFacts {
  readonly attempts_refused: number;
  readonly attempts_accepted: number;
  /** Of the refused ones, those that found nobody to ask: in a jail the server is out of sight. */
  readonly attempts_unheard: number;
  readonly flags: number;
  readonly decided_by: 'you' | 'the demo';
  readonly mails_sent: number;
  readonly status: string;
  readonly approved_hash: string;
  readonly executed_hash: string;
}

export async function selfApproval(stage: Stage): Promise<SelfApprovalFacts> {
  const { narrator, world } = stage;
  const before = world.mails.length;
  narrator.scene('The same agent, governed: it may only propose, and tries to approve itself with curl');
  const run = await stage.governed(['run', 'intern']);
  const operator = stage.operator();
  const held = await operator.waitingProposal();
  const answers = [];
  for (const how of ['my own gateway', 'the server', 'operator token', 'no approval needed']) {
    const [, text = '', status = ''] = await run.line(new RegExp(`(curl .*${how}.*): (\\d{3}|no.*)`));
    answers.push(status);
    narrator.said(`${text}: ${status}`);
  }
  const flags = await operator.events('audit_flag_*');
  const accepted = answers.filter((status) => Number(status) < 400).length;
  const unheard = answers.filter((status) => status === 'nobody there').length;
  narrator[accepted === 0 ? 'good' : 'bad'](
    `${answers.length - accepted} of ${answers.length} attempts refused, ${flags.length} flags in the record${unheard === 0 ? '' : `, ${unheard} met nobody: the jail hides the server`}`,
  );
  narrator.text(`held     ${held.action_type}, by ${held.rule}`);
  narrator.text(`payload  ${JSON.stringify(held.payload)}`);
  narrator.text(`sha-256  ${held.payload_hash}`);
  const pressed = await narrator.anyKey(
    'You are the operator. Press any key to approve exactly this payload.',
  );
  const approve = await stage.governed(['approve', held.proposal_id, '--payload-hash', held.payload_hash]);
  await approve.ended;
  const done = await operator.outcome(held.proposal_id);
  await run.ended;
  const mail = world.mails.at(-1);
  const executedHash = mail === undefined ? '' : createHash('sha256').update(mail).digest('hex');
  const sent = world.mails.length - before;
  const same = executedHash === held.payload_hash;
  narrator[sent === 1 && same ? 'good' : 'bad'](
    `the executor sent ${sent} mail; what arrived ${same ? 'is byte for byte what was approved' : 'is NOT what was approved'} (${executedHash.slice(0, 16)}…)`,
  );
  return {
    attempts_refused: answers.length - accepted,
    attempts_accepted: accepted,
    attempts_unheard: unheard,
    flags: flags.length,
    decided_by: pressed ? 'you' : 'the demo',
    mails_sent: sent,
    status: done.status,
    approved_hash: held.payload_hash,
    executed_hash: executedHash,
  };
}
