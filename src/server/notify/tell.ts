// Starts the operator's program for one piece of news, and says whether it took it. Whatever the program does, nothing of it is left running.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { OperationError } from '../../core/fault.ts';
import { faultCode } from '../../core/fault-code.ts';
import type { NotifyRules } from '../../core/rules/program-rules.ts';
import {
  formatTreeJson,
  killTree,
  type ProgramResult,
  parseTreeJson,
  runProgram,
} from '../../process/entry.ts';
import type { EventRow } from '../../store/read/events.ts';
import { originOf } from '../context.ts';
import { operatorProgram, type ProgramContext } from '../executors/operator-program.ts';
import { presentEvent } from '../present/event.ts';
import type { AcceptedRules } from '../rules/in-force.ts';
import type { News } from './news.ts';

export interface Waiting extends News {
  readonly row: EventRow;
}

/** Null when it was told; else what went wrong. */
export async function tell(
  context: ProgramContext,
  accepted: AcceptedRules,
  rules: NotifyRules,
  { row, kind, text }: Waiting,
  missed: number,
  treeFile: string,
): Promise<string | null> {
  const proposal = row.proposal_id;
  const told = JSON.stringify({
    kind,
    text,
    link: proposal === null ? `${originOf(context)}/` : `${originOf(context)}/#proposal=${proposal}`,
    ...(missed === 0 ? {} : { missed }),
    ...presentEvent(row),
  });
  try {
    const program = await operatorProgram(context, accepted, rules, {
      GOVERNED_NOTIFY_KIND: kind,
      GOVERNED_EVENT_SEQ: String(row.seq),
    });
    const ended = await runProgram({
      ...program,
      marker: `GOVERNED_NOTIFICATION=${row.seq}`,
      // A whole line, as shells read them.
      stdin: `${told}\n`,
      onStarted: (tree) => writeFileSync(treeFile, formatTreeJson(tree), { mode: 0o600 }),
    });
    return whyNotTold(ended);
  } catch (fault) {
    if (!(fault instanceof OperationError)) throw fault;
    return fault.message;
  } finally {
    rmSync(treeFile, { force: true });
  }
}

function whyNotTold(ended: ProgramResult): string | null {
  if (ended.result === 'not_started') return ended.fault.message;
  const said = ended.stderrTail.trim().slice(-500);
  const about = said === '' ? '' : `: ${said}`;
  if (ended.result === 'timed_out') return `it was killed after ${ended.timeLimitMs} ms${about}`;
  if (ended.result === 'output_too_large') return `it wrote more than ${ended.maxBytes} bytes${about}`;
  if (ended.signal !== null) return `it was ended by ${ended.signal}${about}`;
  return ended.exitCode === 0 ? null : `it exited with ${ended.exitCode}${about}`;
}

export async function endLeftBehind(treeFile: string): Promise<void> {
  let text: string;
  try {
    text = readFileSync(treeFile, 'utf8');
  } catch (error) {
    if (faultCode(error) === 'ENOENT') return;
    throw error;
  }
  const tree = parseTreeJson(text);
  if (tree !== null) await killTree(tree);
  rmSync(treeFile, { force: true });
}
