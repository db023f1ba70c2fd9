// Anthropic Messages, and the counting of its tokens, which is free.
import type { Dialect } from '../call/dialect.ts';
import { collectorsFor } from './answer-usage.ts';
import { PING, sendApiError } from './api-error.ts';
import { countTokens } from './count-tokens.ts';
import { judgeRequest } from './judge-request.ts';

const DEFAULT_VERSION = '2023-06-01';
const COUNT_PATH = '/messages/count_tokens';

/** `query`: as it came, with its question mark. */
export function messagesDialect(query: string): Dialect {
  return {
    provider: 'anthropic',
    path: `/messages${query}`,
    ownLogin: ['authorization', 'x-api-key'],
    besideLogin: ['x-app'],
    isSubscription: () => false,
    signOfLife: PING,
    sendError: sendApiError,
    keyHeaders: (key) => ({ 'x-api-key': key }),
    ownHeaders: (came) => ({
      'anthropic-version': came['anthropic-version']?.toString() ?? DEFAULT_VERSION,
      ...(came['anthropic-beta'] === undefined
        ? {}
        : { 'anthropic-beta': came['anthropic-beta'].toString() }),
    }),
    judge: (bytes, came) => judgeRequest(bytes, came['anthropic-beta']?.toString()),
    collectors: collectorsFor,
    count: (call, gone) => countTokens({ ...call, path: `${COUNT_PATH}${query}` }, gone),
  };
}

export function countDialect(query: string): Dialect {
  return { ...messagesDialect(query), path: `${COUNT_PATH}${query}` };
}
