// Puts into the record that somebody tried to decide what is not theirs to decide: who it was as far as it is known, which route, and
// which id they claimed, cut to a bounded length. The answer stays a refusal even when this can't be recorded. Attempts are cheap to
// make, so past a number of them a minute they are counted and recorded as one event: nobody fills the disk or buries the record.
import { raiseFlag } from '../../governor/flag.ts';
import { readProposal } from '../../store/read/proposals.ts';
import type { ForgedAttempt } from '../app.ts';
import type { ServerContext } from '../context.ts';
import { actorOf, type Identity } from './identity.ts';

const LONGEST_ID = 100;
/** How many attempts of one identity are recorded one by one in a minute. */
const MOST_A_MINUTE = 100;
const MINUTE_MS = 60_000;

interface Minute {
  count: number;
  last: ForgedAttempt;
}

export function createFlagForged(context: ServerContext): (attempt: ForgedAttempt) => Promise<void> {
  const minutes = new Map<string, Minute>();

  const record = async (attempt: ForgedAttempt, more: number): Promise<void> => {
    const { identity, route, claimedId } = attempt;
    try {
      await context.governor.commit((tx) => {
        const proposal =
          route.includes('/proposals/') && claimedId !== null ? readProposal(tx.store, claimedId) : null;
        raiseFlag(tx, {
          flag: 'audit_flag_forged_decision',
          actor: actorOf(identity),
          run: runBehind(identity),
          proposal,
          payload: {
            route,
            claimed_id: claimedId === null ? null : claimedId.slice(0, LONGEST_ID),
            credentials: identity.kind === 'anonymous' ? identity.why : identity.kind,
            ...(more === 0 ? {} : { more_attempts: more }),
          },
        });
      });
    } catch (error) {
      context.log(
        `a forged decision (${route}) can't be recorded: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };

  const endMinute = (key: string): void => {
    const minute = minutes.get(key);
    minutes.delete(key);
    const more = (minute?.count ?? 0) - MOST_A_MINUTE;
    if (minute !== undefined && more > 0) void record(minute.last, more);
  };

  return async (attempt) => {
    const { identity, route } = attempt;
    const why = identity.kind === 'anonymous' ? identity.why : '';
    const key = [identity.kind, why, runBehind(identity)?.id, route].join(' ');
    const minute = minutes.get(key);
    if (minute === undefined) {
      minutes.set(key, { count: 1, last: attempt });
      setTimeout(endMinute, MINUTE_MS, key).unref();
    } else {
      minute.count += 1;
      minute.last = attempt;
      if (minute.count > MOST_A_MINUTE) return;
    }
    await record(attempt, 0);
  };
}

function runBehind(identity: Identity) {
  return 'run' in identity ? identity.run : null;
}
