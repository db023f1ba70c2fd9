// Sends one signal. A process that is already gone is a fine answer; one that we may not signal is reported.
import { faultCode } from '../core/fault-code.ts';

export type SignalOutcome = 'sent' | 'gone' | 'denied';

export type TreeSignal = 'SIGSTOP' | 'SIGCONT' | 'SIGTERM' | 'SIGKILL';

export function signalPid(pid: number, signal: TreeSignal | 0): SignalOutcome {
  // 0 and -1 would reach our own group, or everything we may signal; 1 and its group are the system.
  if (!Number.isSafeInteger(pid) || (pid >= -1 && pid <= 1)) {
    throw new Error(`Refused to send ${signal} to ${pid}, which does not name one process or one group.`);
  }
  try {
    process.kill(pid, signal);
    return 'sent';
  } catch (error) {
    const code = faultCode(error);
    if (code === 'ESRCH') return 'gone';
    if (code === 'EPERM') return 'denied';
    throw error;
  }
}

/** Reaches every process of the group at one instant, the ones that were forked a moment ago too. */
export function signalGroup(groupId: number, signal: TreeSignal | 0): SignalOutcome {
  return signalPid(-groupId, signal);
}
