// Tells a person, through the operator's program, of what [notify] names: one event after the other, in the order of the record, apart from
// every decision. The record is its queue: where it stands is kept with it, so that a restart goes on there.
import type { NotifyRules } from '../../core/rules/program-rules.ts';
import { type NotifyFailure, noteNotified } from '../../governor/note-notified.ts';
import { readMeta } from '../../store/read/meta.ts';
import type { ProgramContext } from '../executors/operator-program.ts';
import { newsOf, type Told } from './news.ts';
import { endLeftBehind, tell, type Waiting } from './tell.ts';

export interface Notifier {
  /** Tells nothing new, and ends the program when it takes longer. */
  close(patienceMs: number): Promise<void>;
}

/** Beyond so many that wait, the oldest are passed over, and the next says how many. */
const MOST_WAITING = 100;
/** News from before the server was down for long is no news. */
const OLDEST_MS = 24 * 3_600_000;
const ROWS_AT_ONCE = 1_000;
/** Of failures, one in so long is recorded. */
const RECORD_FAILURE_EVERY_MS = 60_000;
/** So that a restart does not read everything again when nothing was told for long. */
const KEEP_PLACE_EVERY = 10_000;
const RETRY_MS = 1_000;

/** `treeFile` names the program under way, so that the next server ends what this one leaves behind. */
export async function startNotifier(context: ProgramContext, treeFile: string): Promise<Notifier> {
  await endLeftBehind(treeFile);
  const told: Told = { agentKilledAtMs: new Map(), killSwitchAtMs: null };
  const kept = readMeta(context.store, 'notified_seq');
  let seq = kept === null ? context.feed.seq : Number(kept);
  let keptSeq = seq;
  let failures = 0;
  let recordedAtMs = Number.NEGATIVE_INFINITY;
  let closed = false;
  /** What happened while nobody was to be told is not told later. */
  let isSilent = kept === null;
  let working: Promise<void> | null = null;

  const keepPlace = async (upTo: number, failure: NotifyFailure | null): Promise<void> => {
    await context.governor.commit((tx) => noteNotified(tx, upTo, failure));
    keptSeq = upTo;
  };

  /** Recorded now and then: a notifier that is down must not fill the record. */
  const failed = (about: number | null, problem: string): NotifyFailure | null => {
    failures += 1;
    context.log(`[notify]: ${problem}`);
    const nowMs = performance.now();
    if (nowMs - recordedAtMs < RECORD_FAILURE_EVERY_MS) return null;
    recordedAtMs = nowMs;
    const failure = { seq: about, problem, failures };
    failures = 0;
    return failure;
  };

  let said = '';
  const sayOnce = (fault: unknown): void => {
    const text = fault instanceof Error ? fault.message : String(fault);
    if (text !== said) context.log(`[notify]: ${text}`);
    said = text;
  };

  const tellAll = async (): Promise<void> => {
    while (!closed) {
      const accepted = context.rules.current();
      const rules = accepted?.rules.notify ?? null;
      if (accepted === null || rules === null) return;
      if (isSilent) {
        await keepPlace(seq, null);
        isSilent = false;
      }
      const next = waitingAfter(context, seq, rules, told);
      if (next.waiting.length === 0) {
        if (next.seq - keptSeq >= KEEP_PLACE_EVERY) await keepPlace(next.seq, null);
        const isEnd = next.seq === seq;
        seq = next.seq;
        if (isEnd) return;
        continue;
      }
      const missed = Math.max(0, next.waiting.length - MOST_WAITING);
      if (missed > 0) {
        const problem = `${missed} events were passed over: more than ${MOST_WAITING} waited`;
        await keepPlace(seq, failed(null, problem));
      }
      for (const [index, each] of next.waiting.slice(missed).entries()) {
        if (closed) return;
        const problem = await tell(context, accepted, rules, each, index === 0 ? missed : 0, treeFile);
        // Ended by our own end: the next server tells it.
        if (closed && problem !== null) return;
        seq = each.row.seq;
        await keepPlace(seq, problem === null ? null : failed(seq, problem));
      }
      seq = Math.max(seq, next.seq);
    }
  };

  const wake = (): void => {
    if (closed || working !== null) return;
    let rules: NotifyRules | null;
    try {
      rules = context.rules.current()?.rules.notify ?? null;
    } catch (fault) {
      // Where it stands is kept, so nothing is lost by waiting; that the rules can't be read is told at every decision.
      sayOnce(fault);
      return;
    }
    if (rules === null) {
      isSilent = true;
      seq = context.feed.seq;
      return;
    }
    if (context.feed.seq <= seq && !isSilent) return;
    working = tellAll()
      .catch(async (fault: unknown) => {
        sayOnce(fault);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      })
      .finally(() => {
        working = null;
        if (context.feed.seq > seq) wake();
      });
  };

  const stop = context.feed.onCommit(wake);
  wake();
  return {
    async close(patienceMs) {
      closed = true;
      stop();
      const patience = new Promise((resolve) => setTimeout(resolve, patienceMs).unref());
      await Promise.race([working ?? Promise.resolve(), patience]);
      await endLeftBehind(treeFile);
      await working;
      if (!isSilent && seq > keptSeq) await keepPlace(seq, null);
    },
  };
}

/** Oldest first, with the number of the last event that was looked at. */
function waitingAfter(
  context: ProgramContext,
  after: number,
  rules: NotifyRules,
  told: Told,
): { readonly seq: number; readonly waiting: readonly Waiting[] } {
  const waiting: Waiting[] = [];
  let seq = after;
  for (;;) {
    const rows = context.feed.rowsAfter(seq, ROWS_AT_ONCE);
    for (const row of rows) {
      seq = row.seq;
      const news = newsOf(row, told);
      if (news === null || !rules.on.includes(news.kind)) continue;
      if (context.clock() - row.ts_ms <= OLDEST_MS) waiting.push({ ...news, row });
    }
    if (rows.length < ROWS_AT_ONCE || waiting.length > MOST_WAITING) return { seq, waiting };
  }
}
