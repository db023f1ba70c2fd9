// Runs approved actions: finds them in the outbox after a commit, claims each before anything starts, hands the program exactly the
// bytes that were approved, and records how it ended. What was under way when a server died is unknown, and never run again by itself.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperationError } from '../../core/fault.ts';
import { raiseFlag } from '../../governor/flag.ts';
import { claimExecution } from '../../governor/proposal/claim-execution.ts';
import { finishExecution } from '../../governor/proposal/outcome.ts';
import { formatTreeJson, killTree, parseTreeJson, runProgram, type TreeHandle } from '../../process/entry.ts';
import { readKillSwitch } from '../../store/read/meta.ts';
import { findExecutable, findProposals, type ProposalRow } from '../../store/read/proposals.ts';
import { operatorProgram, type ProgramContext } from './operator-program.ts';
import { type ExecutionEnd, readResult } from './read-result.ts';

export interface ExecutorHost {
  /** Starts nothing new, and waits at most so long for what runs. */
  close(patienceMs: number): Promise<void>;
}

const AT_ONCE = 4;
const RETRY_MS = 500;

export async function startExecutors(context: ProgramContext, dir: string): Promise<ExecutorHost> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  await recoverInterrupted(context, dir);
  const running = new Map<string, Promise<void>>();
  let closed = false;

  const scan = (): void => {
    if (closed || running.size >= AT_ONCE || !context.mirror().ok || readKillSwitch(context.store).on) return;
    for (const row of findExecutable(context.store, AT_ONCE)) {
      if (running.has(row.id) || running.size >= AT_ONCE) continue;
      const work = execute(context, dir, row.id)
        .catch(async (fault: unknown) => {
          context.log(`executor of ${row.id}: ${fault instanceof Error ? fault.message : String(fault)}`);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
        })
        .finally(() => {
          running.delete(row.id);
          tryScan();
        });
      running.set(row.id, work);
    }
  };
  const tryScan = (): void => {
    try {
      scan();
    } catch (fault) {
      context.log(`the outbox can't be read: ${fault instanceof Error ? fault.message : String(fault)}`);
    }
  };

  const stop = context.feed.onCommit(tryScan);
  // What waited for the mirror or a locked store is found even when nothing else commits.
  const timer = setInterval(tryScan, 1_000);
  timer.unref();
  tryScan();
  return {
    async close(patienceMs) {
      closed = true;
      stop();
      clearInterval(timer);
      const patience = new Promise((resolve) => setTimeout(resolve, patienceMs).unref());
      await Promise.race([Promise.all(running.values()), patience]);
    },
  };
}

async function execute(context: ProgramContext, dir: string, proposalId: string): Promise<void> {
  const claimed = await context.governor.commit((tx) => claimExecution(tx, proposalId));
  if (claimed.result === 'refused') return;
  const file = join(dir, `${proposalId}.json`);
  const end = await runOne(context, claimed.proposal, file).catch(asNotStarted);
  rmSync(file, { force: true });
  await finishSurely(context, claimed.proposal, end);
}

/** Thrown before the program was started: nothing acted. */
function asNotStarted(error: unknown): ExecutionEnd {
  if (!(error instanceof OperationError)) throw error;
  return { outcome: 'failed', detail: { error: error.message }, costUsd: null, fault: error.message };
}

/** The outcome is known only here until it is recorded. */
async function finishSurely(
  context: ProgramContext,
  proposal: ProposalRow,
  end: ExecutionEnd,
): Promise<void> {
  for (;;) {
    try {
      await finish(context, proposal, end);
      return;
    } catch (fault) {
      if (!(fault instanceof OperationError) || context.closing.aborted) throw fault;
      context.log(`the outcome of ${proposal.id} can't be recorded yet: ${fault.message}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
    }
  }
}

async function runOne(
  context: ProgramContext,
  proposal: ProposalRow,
  treeFile: string,
): Promise<ExecutionEnd> {
  const accepted = context.rules.current();
  const executor = proposal.executor === null ? undefined : accepted?.rules.executors.get(proposal.executor);
  if (accepted === null || executor === undefined) {
    const fault = `the rules in force have no executor for ${proposal.action_type} any more`;
    return { outcome: 'failed', detail: { error: fault }, costUsd: null, fault };
  }
  const program = await operatorProgram(context, accepted, executor, {
    GOVERNED_PROPOSAL_ID: proposal.id,
    GOVERNED_IDEMPOTENCY_KEY: proposal.id,
    GOVERNED_ACTION_TYPE: proposal.action_type,
  });
  const ended = await runProgram({
    ...program,
    marker: `GOVERNED_EXECUTION=${proposal.id}`,
    stdin: proposal.payload,
    onStarted: (tree) => keepTree(context, treeFile, tree),
  });
  return readResult(ended);
}

/** Lets the next server end what this one leaves behind; without it the outcome is still unknown, and said so. */
function keepTree(context: ProgramContext, file: string, tree: TreeHandle): void {
  try {
    writeFileSync(file, formatTreeJson(tree), { mode: 0o600 });
  } catch (fault) {
    context.log(`can't write ${file}: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
}

async function finish(context: ProgramContext, proposal: ProposalRow, end: ExecutionEnd): Promise<void> {
  await context.governor.commit((tx) => {
    const { outcome, detail, costUsd } = end;
    const recorded = finishExecution(tx, { proposalId: proposal.id, outcome, detail, costUsd });
    if (recorded.result === 'refused' || end.fault === null) return;
    raiseFlag(tx, {
      flag: 'audit_flag_executor_error',
      actor: { kind: 'executor', id: proposal.executor },
      run: null,
      proposal,
      payload: { problem: end.fault, outcome },
    });
  });
}

/** Ends what an executor of the last server left behind, then says that its outcome is not known. */
async function recoverInterrupted(context: ProgramContext, dir: string): Promise<void> {
  for (const name of readdirSync(dir)) {
    const tree = parseTreeJson(readFileSync(join(dir, name), 'utf8'));
    if (tree !== null) await killTree(tree);
  }
  for (;;) {
    const rows = findProposals(context.store, { status: 'executing', order: 'oldest', limit: 100 });
    if (rows.length === 0) break;
    const fault = 'the server ended while the executor ran';
    for (const row of rows)
      await finish(context, row, { outcome: 'unknown', detail: { error: fault }, costUsd: null, fault });
  }
  for (const name of readdirSync(dir)) rmSync(join(dir, name), { force: true });
}
