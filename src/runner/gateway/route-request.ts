// Decides which way a request at the gateway goes, by the raw bytes of its path: to the meter, to the server as this run's agent, or
// nowhere. Nothing is decoded or normalised first, so a path can't mean one thing here and another further on.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendApiError } from './anthropic/api-error.ts';
import { countDialect, messagesDialect, modelsDialect } from './anthropic/messages-dialect.ts';
import type { CallContext } from './call/call-context.ts';
import { meterCall, passCall } from './call/metered-call.ts';
import { forwardToServer, type ServerRoute } from './forward-to-server.ts';
import { sendOpenAiError } from './openai/api-error.ts';
import { openAiDialect, openAiModelsDialect } from './openai/openai-dialect.ts';
import { type GatewayProblem, notAvailableYet, sendProblem } from './send-problem.ts';

export interface RouteContext {
  readonly messages: CallContext;
  readonly openai: CallContext;
  readonly server: ServerRoute;
}

const CLOSED_PREFIX = /^\/(http|mcp)(?:[/?]|$)/;
const OPENAI_PREFIX = /^\/openai(?:[/?]|$)/;
/** Clients differ in whether the version is part of the address that they are given. */
const OPENAI_METERED = /^\/openai(?:\/v1)?\/(responses|chat\/completions)$/;
/** The models that a provider has are nobody's secret, and free to ask for. */
const MODELS = /^\/(anthropic|openai)(?:\/v1)?(\/models(?:\/(?!\.+(?:\/|$))[\w.:@-]+){0,4})$/;
/** What a page of the list is asked for by. */
const PAGE = /^\?(?:(?:limit|after_id|before_id|client_version)=[\w.-]{1,100}(?:&(?!$)|$)){1,4}$/;
const ANTHROPIC_PREFIX = /^\/anthropic(?:[/?]|$)/;

export async function routeRequest(
  context: RouteContext,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const query = path.indexOf('?');
  const bare = query === -1 ? path : path.slice(0, query);
  const exchange = { request, response, gone };
  // A model call waits where it is known whether it can be held open.
  if (bare === '/anthropic/v1/messages' && request.method === 'POST') {
    return meterCall(context.messages, messagesDialect(path.slice(bare.length)), exchange);
  }
  const metered = OPENAI_METERED.exec(bare)?.[1];
  if (request.method === 'POST' && (metered === 'responses' || metered === 'chat/completions')) {
    return meterCall(context.openai, openAiDialect(metered), exchange);
  }
  const passed = await context.messages.gate.pass(gone);
  if (passed === 'gone') return;
  if (passed === 'full') return sendProblem(response, tooManyWait());
  if (bare === '/anthropic/v1/messages/count_tokens' && request.method === 'POST') {
    return passCall(context.messages, countDialect(path.slice(bare.length)), exchange);
  }
  const [, provider, models] = (request.method === 'GET' ? MODELS.exec(bare) : null) ?? [];
  if (models !== undefined) {
    const page = path.slice(bare.length);
    const asked = `${models}${PAGE.test(page) ? page : ''}`;
    return provider === 'anthropic'
      ? passCall(context.messages, modelsDialect(asked), exchange)
      : passCall(context.openai, openAiModelsDialect(asked), exchange);
  }
  if (ANTHROPIC_PREFIX.test(path)) {
    const message = `${request.method} ${bare} is not available yet through the gateway of a run, so nothing was sent; POST /v1/messages, its count_tokens, and GET /v1/models are`;
    return sendApiError(response, { status: 501, type: 'not_found_error', message, shouldRetry: false });
  }
  if (OPENAI_PREFIX.test(path)) {
    const message = `${request.method} ${bare} is not available yet through the gateway of a run, so nothing was sent; POST /v1/responses and /v1/chat/completions, and GET /v1/models are`;
    return sendOpenAiError(response, { status: 501, type: 'not_found_error', message, shouldRetry: false });
  }
  const closed = CLOSED_PREFIX.exec(path)?.[1];
  if (closed !== undefined) return sendProblem(response, notAvailableYet(`/${closed}`));
  return forwardToServer(context.server, path, request, response, gone);
}

function tooManyWait(): GatewayProblem {
  return {
    status: 503,
    title: 'Paused',
    code: 'paused',
    detail: 'the run is paused, and too many of its requests wait already',
    hint: 'try again when the run goes on',
  };
}
