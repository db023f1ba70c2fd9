// Why model calls of a run do not go out, for whoever watches it: an agent reads it in the answer to its call, and may tell nobody. What
// only the operator is to know (where a key is, what its program wrote) stands here, and not in that answer.
import type { WireReserve, WireReserved } from '../../../server/wire/run.ts';
import type { MissingKey } from '../provider-key.ts';
import type { Failure } from './no-answer.ts';

export interface BlockedCall {
  /** What of an agent's own words is in the cause: it may make up any number of models. */
  readonly about: 'provider' | 'model';
  /** The same for all calls that the same thing stands in the way of. */
  readonly cause: string;
  readonly message: string;
}

/** What a call goes out with, and so what it is that a provider does not take. */
export type Credential = 'key' | 'login' | 'none';

/** Of the rules, and no matter of time or of a cap, which say so themselves. */
const BY_RULES = new Set(['unpriced', 'model_not_allowed', 'no_budget', 'denied_by_rule']);

export function blockedByNoProvider(name: string): BlockedCall {
  const message = `model calls for ${name} are refused: the rules name no such provider. Add [providers.${name}] with a key to governed.toml, then \`governed-agents accept\`, and start the run again`;
  return { about: 'provider', cause: `no provider ${name}`, message };
}

export function blockedByKey(name: string, { why, said, hint }: MissingKey): BlockedCall {
  const more = said === null ? '' : `, and said: ${said}`;
  const message = `model calls for ${name} are refused, since its key is not available: ${why}${more}. ${hint}; [providers.${name}] in governed.toml says where the key is`;
  return { about: 'provider', cause: `key of ${name}: ${why}`, message };
}

export function blockedByNoLogin(name: string): BlockedCall {
  const message = `model calls for ${name} are refused: the agent is to use a login of its own (auth = "subscription"), and they bring none. Log its program in, or leave auth out`;
  return { about: 'provider', cause: `no login for ${name}`, message };
}

/** Null for a refusal that is told in another way, or passes by itself. */
export function blockedByRules({ model }: WireReserve, answer: WireReserved): BlockedCall | null {
  if (answer.result === 'reserved' || !BY_RULES.has(answer.code) || answer.retry_after !== undefined)
    return null;
  const message = `a call of the model ${model} is refused: ${answer.detail}; ${answer.hint}`;
  return { about: 'model', cause: `${answer.code} ${model}`, message };
}

export function blockedByNoAnswer(provider: string, { cause, why, hint }: Failure): BlockedCall {
  const todo = hint(`the address in [providers.${provider}]`);
  const message = `model calls for ${provider} do not get through: ${why}. The agent may go on trying; ${todo}`;
  return { about: 'provider', cause: `no answer of ${provider}: ${cause}`, message };
}

/** Null when the provider does not say that it won't have whoever asks. */
export function blockedByStatus(
  provider: string,
  origin: string,
  status: number,
  credential: Credential,
): BlockedCall | null {
  if (status !== 401 && status !== 403) return null;
  const message = `the model provider at ${origin} refused a call with ${status}: ${whyNotTaken(provider, credential)}`;
  return { about: 'provider', cause: `${status} of ${origin}`, message };
}

function whyNotTaken(provider: string, credential: Credential): string {
  if (credential === 'login')
    return 'it does not take the login of the agent, or not for this; log its program in anew';
  const where = `key in [providers.${provider}] of governed.toml`;
  return credential === 'none'
    ? `no key went with it; set ${where}, then \`governed-agents accept\`, and start the run again`
    : `it does not take the key, or not for this; see ${where}`;
}
