// The watchdog as the one who did something. A machine has one, and it has no name.
import type { Actor } from '../../core/audit/event.ts';

export const WATCHDOG: Actor = { kind: 'watchdog', id: null };
