// Anthropic Messages, and the counting of its tokens, which is free.
import type { Dialect } from '../call/dialect.ts';
import { collectorsFor } from './answer-usage.ts';
import { PING, sendApiError } from './api-error.ts';
import { countTokens } from './count-tokens.ts';
import { judgeRequest } from './judge-request.ts';

const DEFAULT_VERSION = '2023-06-01';
const MESSAGES_PATH = '/messages';
const COUNT_PATH = '/messages/count_tokens';

/** The one that Claude Code sends; any other could mean something to whoever stands before the provider. */
const KNOWN_QUERY = '?beta=true';

/** `came`: the query as it came, with its question mark. */
export function messagesDialect(came: string): Dialect {
  const query = came === KNOWN_QUERY ? came : '';
  return {
    provider: 'anthropic',
    method: 'POST',
    path: `${MESSAGES_PATH}${query}`,
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
    judge: (bytes, came, bounds) => judgeRequest(bytes, came['anthropic-beta']?.toString(), bounds),
    collectors: collectorsFor,
    count: (call, gone) => countTokens({ ...call, path: `${COUNT_PATH}${query}` }, gone),
  };
}

/** `path`: of the list of models, or of one. */
export function modelsDialect(path: string): Dialect {
  return { ...messagesDialect(''), method: 'GET', path };
}

export function countDialect(came: string): Dialect {
  const messages = messagesDialect(came);
  return { ...messages, path: messages.path.replace(MESSAGES_PATH, COUNT_PATH) };
}
