// What the metered routes of one provider share: the key, the way to the server, and how its errors look.
import type { WireProvider } from '../../../server/wire/run.ts';
import type { Activity } from '../activity.ts';
import type { ProviderKey } from '../provider-key.ts';
import type { ApiError } from './api-error.ts';
import type { ReserveContext } from './reserve-call.ts';

export interface CallContext extends ReserveContext {
  readonly activity: Activity;
  /** Null when the rules name no such provider. */
  readonly provider: { readonly wire: WireProvider; readonly key: () => Promise<ProviderKey> } | null;
}

export const MAX_BODY_BYTES = 64 * 1024 * 1024;

export function noProvider(name: string): ApiError {
  const message = `no provider ${name} is set up, so nothing was sent; add [providers.${name}] with a key to governed.toml and accept it`;
  return { status: 403, type: 'permission_error', message, shouldRetry: false };
}

export function noKey(name: string, why: string): ApiError {
  const message = `the provider's key was not found: ${why}; nothing was sent. See key in [providers.${name}] of governed.toml`;
  return { status: 502, type: 'api_error', message, shouldRetry: false };
}

export function bodyTooLarge(): ApiError {
  const message = `the request is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB, so nothing was sent; send less at once`;
  return { status: 413, type: 'request_too_large', message, shouldRetry: false };
}
