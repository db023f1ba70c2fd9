// Keeps the parts of the watchdog apart: when one throws, it is told and recorded once, and the others go on.
import { recordWatchdogWarning } from '../governor/stop/watchdog-warning.ts';
import type { LateRecords } from './late-records.ts';
import { inWords, type Notices } from './notices.ts';

/** `part` is a verb phrase: "check the runners". */
export type Guard = (part: string, work: () => void) => void;

export function createGuard(notices: Notices, records: LateRecords): Guard {
  return (part, work) => {
    try {
      work();
    } catch (error) {
      const reason = `the watchdog could not ${part}: ${inWords(error)}; its other checks go on`;
      notices.begin(`fault ${part}`, reason, () =>
        records.add({
          key: `fault ${part}`,
          runIds: [],
          what: 'the warning about a failing check',
          mark: null,
          record: (tx) => recordWatchdogWarning(tx, { rule: 'watchdog_fault', reason, evidence: { part } }),
        }),
      );
    }
  };
}
