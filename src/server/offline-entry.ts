// Answers the reading routes straight from the store while no server runs, by the very code that answers them over HTTP. It writes
// nothing and starts nothing: the store is open for reading only.
import { BEAT_STALE_MS } from '../config/entry.ts';
import { diffBundles, readBundle } from '../config/rules-entry.ts';
import { InputError } from '../core/fault.ts';
import { readBeat } from '../process/entry.ts';
import { openStore, type Store } from '../store/open.ts';
import { readTip } from '../store/read/events.ts';
import { proposalRoutes } from './agent/proposals.ts';
import type { Answer } from './answer.ts';
import type { ServerContext } from './context.ts';
import { lastMirrored } from './mirror/last-mirrored.ts';
import { type Edits, type OfflinePlace, offlineContext } from './offline-context.ts';
import { boardRoutes } from './operator/board-routes.ts';
import { grantRoutes } from './operator/grant-routes.ts';
import { policyRoutes } from './operator/policy-routes.ts';
import { proposalListRoutes } from './operator/proposal-list.ts';
import { recordRoutes } from './operator/record-routes.ts';
import { runRoutes } from './operator/run-routes.ts';
import { spendRoutes } from './operator/spend-routes.ts';
import { statusRoutes } from './operator/status-routes.ts';
import type { Route } from './route.ts';
import { createRulesInForce, type RulesInForce } from './rules/in-force.ts';
import { rulesOfProject } from './rules/rules-on-disk.ts';
import type { WireStatus } from './wire/record.ts';

export { readJson } from './guard/body.ts';

const BUSY_MS = 2_000;

/** Of a question that changes nothing and is too large for a query. */
interface Posted {
  readonly body: unknown;
}

/** The body that the server would answer to `GET path`, or to a question posted there. Throws an InputError for what it would refuse. */
export async function answerWithoutServer(
  place: OfflinePlace,
  path: string,
  posted: Posted | null = null,
): Promise<unknown> {
  const store = openStore(place.layout.store, { mode: 'read', busyMs: BUSY_MS });
  try {
    const rules = createRulesInForce(store, { stateDir: place.layout.dir, projectDir: place.projectDir });
    // Only the status tells of them, and the record can be read whatever became of the rules.
    const edits = path === '/status' ? await editsOf(place, rules) : { changed: [], problems: [] };
    const context = offlineContext(place, store, rules, edits);
    const body = bodyOf(await ask(context, path, posted), path);
    return path === '/status' ? offlineStatus(body as WireStatus, place, store) : body;
  } finally {
    store.close();
  }
}

async function editsOf(place: OfflinePlace, rules: RulesInForce): Promise<Edits> {
  const inForce = rules.current()?.bundle ?? null;
  try {
    const bundle = await readBundle(place.projectDir);
    if (bundle.hash === inForce?.hash) return { changed: [], problems: [] };
    const changed = diffBundles(inForce, bundle).map(({ path }) => path);
    return { changed, problems: rulesOfProject(bundle, place.projectId).problems };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { changed: error.path === undefined ? [] : [error.path], problems: [error] };
  }
}

async function ask(context: ServerContext, path: string, posted: Posted | null): Promise<Answer> {
  const [pathname = '', query = ''] = path.split('?');
  const method = posted === null ? 'GET' : 'POST';
  for (const route of posted === null ? readingRoutes(context) : policyRoutes(context)) {
    const params = route.method === method ? paramsOf(route.path, pathname) : null;
    if (params === null) continue;
    return await route.handle({
      identity: { kind: 'operator', via: 'token' },
      body: posted?.body ?? null,
      query: Object.fromEntries(new URLSearchParams(query)),
      param: (name) => params.get(name) ?? '',
      lastEventId: null,
      signal: () => context.closing,
      refuseForged: () => Promise.reject(new Error('a reading route decided something')),
    });
  }
  throw new Error(`no route answers ${pathname} without a server`);
}

function readingRoutes(context: ServerContext): readonly Route[] {
  return [
    ...statusRoutes(context),
    ...boardRoutes(context),
    ...spendRoutes(context),
    ...runRoutes(context),
    ...proposalListRoutes(context),
    ...proposalRoutes(context),
    ...grantRoutes(context),
    ...recordRoutes(context),
  ];
}

/** The named segments of a path; null when it is not the route's. */
function paramsOf(pattern: string, path: string): ReadonlyMap<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params = new Map<string, string>();
  for (const [index, part] of wanted.entries()) {
    const value = decodeURIComponent(given[index] ?? '');
    if (part.startsWith(':')) params.set(part.slice(1), value);
    else if (part !== value) return null;
  }
  return params;
}

function bodyOf(answer: Answer, path: string): unknown {
  if (answer.kind === 'json') return answer.body;
  if (answer.kind !== 'problem') throw new Error(`${path} does not answer with JSON`);
  const { code, detail, hint } = answer;
  throw new InputError({ code, message: detail, ...(hint === null ? {} : { hint }) });
}

/** What the server would say of itself, it does not: it is down, or hangs; one that hangs has its process named. */
function offlineStatus(status: WireStatus, place: OfflinePlace, store: Store): WireStatus {
  const beat = readBeat(place.layout.serverBeat, Date.now(), BEAT_STALE_MS);
  const lives = beat.state === 'alive' || beat.state === 'stale';
  const lag = readTip(store).seq - lastMirrored(place.layout.mirror);
  return {
    ...status,
    server: { up: false, pid: lives ? beat.id.pid : null, port: place.port, started_at: null },
    mirror: {
      ok: lag >= 0,
      lag: Math.max(0, lag),
      problem: lag < 0 ? 'it holds events that the store does not' : null,
    },
  };
}
