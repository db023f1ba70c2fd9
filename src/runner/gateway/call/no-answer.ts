// Why a provider gave no answer, in one line that says what to look at: what comes from below is written for whoever programs TLS.
import { faultCode } from '../../../core/fault-code.ts';
import type { ApiError } from './api-error.ts';
import type { Way } from './way-upstream.ts';

export interface Failure {
  /** Without what changes from try to try, an address say. */
  readonly cause: string;
  readonly why: string;
  /** What to do; the address of the provider is called as whoever reads it knows it. */
  readonly hint: (address: string) => string;
}

export function failureOf(way: Pick<Way, 'origin' | 'isTls'>, error: Error): Failure {
  const code = faultCode(error) ?? '';
  const said = reasonOf(error, code);
  const isScheme = mayBeOtherScheme(code, way.isTls);
  return {
    cause: code === '' ? said : code,
    why: `the model provider at ${way.origin} gave no answer (${said})`,
    hint: (address) =>
      isScheme
        ? `check ${address}, and whether it begins with https:// or http:// as it should`
        : `check the network and ${address}`,
  };
}

/** For the agent, which has not written where the provider is. */
export function noAnswer({ why, hint }: Failure): ApiError {
  const message = `${why}; ${hint('the address of the provider')}`;
  return { status: 502, type: 'api_error', message, shouldRetry: true };
}

function isOfTls(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_');
}

/** Who speaks the other one hangs up, or answers with what is no HTTP. */
function mayBeOtherScheme(code: string, isTls: boolean): boolean {
  return isTls ? isOfTls(code) : code === 'ECONNRESET' || code.startsWith('HPE_');
}

/** Of an error of OpenSSL its reason alone: around it are addresses in memory and lines of its source. */
function reasonOf({ message }: Error, code: string): string {
  const [, reason] = /:SSL routines:[^:]*:([^:]+)/.exec(message) ?? [];
  if (isOfTls(code) && reason !== undefined) return `TLS failed: ${reason}`;
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return line === '' ? code : line;
}
