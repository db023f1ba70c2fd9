// Why a model call was not sent, before anybody was asked about its cost.
import type { ApiError } from './api-error.ts';

export function noProvider(name: string): ApiError {
  const message = `no provider ${name} is set up, so nothing was sent; add [providers.${name}] with a key to governed.toml and accept it`;
  return { status: 403, type: 'permission_error', message, shouldRetry: false };
}

/** What is wrong with it is the operator's to know. */
export function noKey(name: string): ApiError {
  const message = `the key of the provider ${name} is not available, so nothing was sent; the operator was told why`;
  // As a fault of a server it would be told as one that passes by itself.
  return { status: 403, type: 'permission_error', message, shouldRetry: false };
}

export function noOwnLogin(name: string): ApiError {
  const message = `this run is to use a login of its own (auth = "subscription"), and its call for ${name} brought none, so nothing was sent; log the agent's program in, or leave auth out`;
  return { status: 403, type: 'permission_error', message, shouldRetry: false };
}

/** Why the body of a call was not taken. */
export function notRead(result: 'too_large' | 'no_room', mostBytes: number): ApiError {
  return result === 'too_large' ? tooLarge(mostBytes) : noRoom();
}

function noRoom(): ApiError {
  const message =
    'the open requests of this run are too large together, so nothing was sent; send fewer at a time';
  return { status: 503, type: 'overloaded_error', message, shouldRetry: true };
}

function tooLarge(mostBytes: number): ApiError {
  const message = `the request is larger than ${mostBytes / 1024 / 1024} MiB, so nothing was sent; send less at once`;
  return { status: 413, type: 'request_too_large', message, shouldRetry: false };
}
