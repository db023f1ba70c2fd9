// What differs between the providers that a run may speak to: how a call is judged, who may answer it and how, and the forms of
// refusals and of signs of life. All else is one path.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { SendError } from './api-error.ts';
import type { Judgement, OperatorBounds } from './judged-call.ts';
import type { OutgoingCall } from './send-upstream.ts';
import type { AskedCall, Collectors } from './usage-collector.ts';
import type { Method } from './way-upstream.ts';

export interface Dialect {
  /** The provider, as it is called in the rules. */
  readonly provider: string;
  readonly method: Method;
  /** Behind the provider's base address. */
  readonly path: string;
  /** The headers in which an agent's own login comes. */
  readonly ownLogin: readonly string[];
  /** What its provider looks at beside such a login, to know the program that has it. */
  readonly besideLogin: readonly string[];
  /** Keeps a stream alive before it has begun; clients skip it. */
  readonly signOfLife: string;
  readonly sendError: SendError;
  /** Whether the login that came is one of the provider's subscription, where that has an address of its own. */
  isSubscription(headers: IncomingHttpHeaders): boolean;
  keyHeaders(key: string): OutgoingHttpHeaders;
  /** What the API needs beside the headers that every call has. */
  ownHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders;
  judge(bytes: Buffer, headers: IncomingHttpHeaders, bounds: OperatorBounds): Judgement;
  collectors(asked: AskedCall): Collectors;
  /** Asks the provider itself for a lower bound of the input; null: it can't say. */
  count?(call: Omit<OutgoingCall, 'method'>, gone: AbortSignal): Promise<number | null>;
}
