// What the metered routes of one provider share: the key, the way to the server, and how its errors look.
import type { IncomingMessage } from 'node:http';
import type { WireProvider } from '../../../server/wire/run.ts';
import type { Activity } from '../activity.ts';
import type { ProviderKey } from '../provider-key.ts';
import type { ApiError } from './api-error.ts';
import type { ReserveContext } from './ask-patiently.ts';
import type { KnownInputs } from './known-input.ts';

export interface ProviderAccess {
  readonly wire: WireProvider;
  readonly key: () => Promise<ProviderKey>;
  /** Through which it is reached; null: straight. */
  readonly proxy: URL | null;
}

export interface CallContext extends ReserveContext {
  readonly activity: Activity;
  readonly known: KnownInputs;
  /** Null when the rules name no such provider. */
  readonly provider: ProviderAccess | null;
}

export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** A base with a version of its own ("https://openrouter.ai/api/v1") is taken as it is. */
export function versioned(base: string): string {
  return /\/v\d+$/.test(base) ? base : `${base}/v1`;
}

export function noProvider(name: string): ApiError {
  const message = `no provider ${name} is set up, so nothing was sent; add [providers.${name}] with a key to governed.toml and accept it`;
  return { status: 403, type: 'permission_error', message, shouldRetry: false };
}

export function noKey(name: string, why: string): ApiError {
  const message = `the provider's key was not found: ${why}; nothing was sent. See key in [providers.${name}] of governed.toml`;
  return { status: 502, type: 'api_error', message, shouldRetry: false };
}

export function noOwnLogin(name: string): ApiError {
  const message = `this run is to use a login of its own (auth = "subscription"), and its call for ${name} brought none, so nothing was sent; log the agent's program in, or leave auth out`;
  return { status: 403, type: 'permission_error', message, shouldRetry: false };
}

/** The headers that a login of the agent's own comes in, as they came; null: it brought none. */
export function ownHeaders(
  { headers }: IncomingMessage,
  names: readonly string[],
): Record<string, string> | null {
  const found = names.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value.toString()] as const];
  });
  return found.length === 0 ? null : Object.fromEntries(found);
}

/** Why the body of a call was not taken. */
export function notRead(result: 'too_large' | 'no_room'): ApiError {
  return result === 'too_large' ? bodyTooLarge() : noRoom();
}

function noRoom(): ApiError {
  const message =
    'the open requests of this run are too large together, so nothing was sent; send fewer at a time';
  return { status: 503, type: 'overloaded_error', message, shouldRetry: true };
}

function bodyTooLarge(): ApiError {
  const message = `the request is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB, so nothing was sent; send less at once`;
  return { status: 413, type: 'request_too_large', message, shouldRetry: false };
}
