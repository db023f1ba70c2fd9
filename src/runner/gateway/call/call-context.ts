// What the calls of a run to one provider share: the key, the ways to it and to the server, and what is known of calls before.
import type { Activity } from '../activity.ts';
import type { ProviderKey } from '../provider-key.ts';
import type { ReserveContext } from './ask-patiently.ts';
import type { OperatorBounds } from './judged-call.ts';
import type { KnownInputs } from './known-input.ts';
import type { Way } from './way-upstream.ts';

export interface ProviderAccess {
  readonly way: Way;
  /** For a login of the provider's own subscription; null: it goes the same way as a key. */
  readonly loginWay: Way | null;
  readonly key: () => Promise<ProviderKey>;
}

export interface CallContext extends ReserveContext {
  readonly activity: Activity;
  readonly known: KnownInputs;
  /** Null when the rules name no such provider. */
  readonly provider: ProviderAccess | null;
  readonly bounds: OperatorBounds;
}

export const MAX_BODY_BYTES = 64 * 1024 * 1024;
