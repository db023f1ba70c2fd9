// Puts into the record that somebody tried to decide what is not theirs to decide: who it was as far as it is known, which route, and
// which id they claimed, cut to a bounded length. The answer stays a refusal even when this can't be recorded.
import { raiseFlag } from '../../governor/flag.ts';
import { readProposal } from '../../store/read/proposals.ts';
import type { ForgedAttempt } from '../app.ts';
import type { ServerContext } from '../context.ts';
import { actorOf, type Identity } from './identity.ts';

const LONGEST_ID = 100;

export function createFlagForged(context: ServerContext): (attempt: ForgedAttempt) => Promise<void> {
  return async ({ identity, route, claimedId }) => {
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
          },
        });
      });
    } catch (error) {
      context.log(
        `a forged decision (${route}) can't be recorded: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
}

function runBehind(identity: Identity) {
  return 'run' in identity ? identity.run : null;
}
