// OpenAI's Responses and Chat Completions, and whoever speaks as they do.
import type { Dialect } from '../call/dialect.ts';
import { collectorsFor } from './answer-usage.ts';
import { SIGN_OF_LIFE, sendOpenAiError } from './api-error.ts';
import { judgeOpenAi, type OpenAiRoute } from './judge-request.ts';

export function openAiDialect(route: OpenAiRoute): Dialect {
  return {
    provider: 'openai',
    path: `/${route}`,
    ownLogin: ['authorization', 'api-key', 'openai-organization', 'openai-project'],
    signOfLife: SIGN_OF_LIFE[route],
    sendError: (response, error) => sendOpenAiError(response, error, route),
    keyHeaders: (key) => ({ authorization: `Bearer ${key}` }),
    ownHeaders: ({ 'openai-beta': beta }) => (beta === undefined ? {} : { 'openai-beta': beta.toString() }),
    judge: (bytes) => judgeOpenAi(route, bytes),
    collectors: (asked) => collectorsFor(route, asked),
  };
}
