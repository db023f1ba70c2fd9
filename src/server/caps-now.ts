// The caps as they stand now, for one answer of the server: whatever it tells of several agents or runs is looked up once.
import { type CapView, capView } from '../governor/ledger/cap-states.ts';
import type { ServerContext } from './context.ts';

export type CapsContext = Pick<ServerContext, 'store' | 'clock'> & {
  readonly rules: Pick<ServerContext['rules'], 'current'>;
};

export function capsNow({ store, rules, clock }: CapsContext): CapView {
  return capView(store, rules.current()?.rules ?? null, clock());
}
