// OpenAI's Responses and Chat Completions, and whoever speaks as they do.
import type { Dialect } from '../call/dialect.ts';
import { picked } from '../call/picked-headers.ts';
import { collectorsFor } from './answer-usage.ts';
import { SIGN_OF_LIFE, sendOpenAiError } from './api-error.ts';
import { judgeOpenAi } from './judge-request.ts';
import type { OpenAiRoute } from './openai-route.ts';

const ACCOUNT = 'chatgpt-account-id';
/** Says in which of two forms the body is. */
const LITE = 'x-openai-internal-codex-responses-lite';
const HOW_TO_READ = ['openai-beta', LITE];
const OF_CODEX = [
  'originator',
  'version',
  'session-id',
  'session_id',
  'thread-id',
  'conversation_id',
  'x-client-request-id',
  'x-codex-beta-features',
  'x-codex-installation-id',
  'x-codex-parent-thread-id',
  'x-codex-turn-metadata',
  'x-codex-turn-state',
  'x-codex-window-id',
  'x-openai-account-routing-override',
  'x-openai-fedramp',
  'x-openai-internal-codex-residency',
  'x-openai-subagent',
];

export function openAiDialect(route: OpenAiRoute): Dialect {
  return {
    provider: 'openai',
    method: 'POST',
    path: `/${route}`,
    ownLogin: ['authorization', 'api-key'],
    besideLogin: ['openai-organization', 'openai-project', ACCOUNT, ...OF_CODEX],
    // Whoever comes with a ChatGPT login names the account that it is for.
    isSubscription: (came) => came[ACCOUNT] !== undefined,
    signOfLife: SIGN_OF_LIFE[route],
    sendError: (response, error) => sendOpenAiError(response, error, route),
    keyHeaders: (key) => ({ authorization: `Bearer ${key}` }),
    ownHeaders: (came) => picked(came, HOW_TO_READ),
    judge: (bytes, came, bounds) => judgeOpenAi(route, bytes, picked(came, HOW_TO_READ), bounds),
    collectors: (asked) => collectorsFor(route, asked),
  };
}

/** `path`: of the list of models, or of one. */
export function openAiModelsDialect(path: string): Dialect {
  return { ...openAiDialect('responses'), method: 'GET', path, sendError: sendOpenAiError };
}
