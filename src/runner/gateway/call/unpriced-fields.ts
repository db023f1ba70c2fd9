// Fields of a request that would change its price, or add calls or content that the request itself does not bound.
import { fieldOf, type JsonObject } from '../../../core/json-object.ts';

/** By the name of a field ("a.b" for one within one), the values that change nothing; none where any would. */
export type UnpricedFields = Readonly<Record<string, readonly unknown[]>>;

/** Of those who stand before providers and speak as one: other models and other prices in its place, and requests within the request. */
export const OF_PROXIES: UnpricedFields = {
  models: [[]],
  fallbacks: [[]],
  provider: [],
  preset: [],
  plugins: [[]],
  mcp_servers: [[]],
  model_list: [],
  num_retries: [0],
  api_base: [],
  base_url: [],
  api_key: [],
  extra_body: [],
  extra_headers: [],
  extra_query: [],
};
/** Names that are more than a model: with searches that are paid by the piece, or with a request that is kept there. */
const MORE_THAN_A_MODEL = /:online$|@preset\/|-search(?:-|$)|deep-research|(?:^|\/)(?:sonar|compound)/;

/** Null when nothing in it does. */
export function whyUnpriced(request: JsonObject, fields: UnpricedFields): string | null {
  for (const [name, fine] of Object.entries(fields)) {
    const value = name.split('.').reduce<unknown>(fieldOf, request);
    if (value === undefined || value === null || fine.some((one) => isSame(one, value))) continue;
    const instead = fine.length === 0 ? 'leave it out' : `leave it out, or say ${JSON.stringify(fine[0])}`;
    return `${name}: has a cost that the request does not bound (${instead})`;
  }
  const { model, context_management: management } = request;
  if (typeof model === 'string' && MORE_THAN_A_MODEL.test(model)) {
    return 'model: adds to the request what has a cost that it does not bound';
  }
  if (management !== undefined && JSON.stringify(management).includes('"compact')) {
    return 'context_management: compaction adds calls of its own';
  }
  return null;
}

/** Of a plain value, or a list of plain values. */
function isSame(fine: unknown, value: unknown): boolean {
  if (!Array.isArray(fine) || !Array.isArray(value)) return fine === value;
  return fine.length === value.length && fine.every((one, at) => one === value[at]);
}

export function runsAtProvider(type: unknown): string {
  return `tools: ${JSON.stringify(type)} runs at the provider, and what it costs is not bounded by the request`;
}
