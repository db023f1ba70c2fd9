// Who may speak to a run's gateway. On the Unix socket, whoever reaches it; on the loopback port, only who names the run's secret as
// the first segment of the path, to exactly this host. Everyone else gets a 404 that tells nothing.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type Entrance =
  | { readonly kind: 'socket' }
  | { readonly kind: 'port'; readonly secretDigest: Buffer; readonly port: () => number };

/** The path and query behind the secret; null when the request may not come in. */
export function enter(entrance: Entrance, request: IncomingMessage): string | null {
  const target = request.url ?? '';
  // An absolute form names a host of its own, which could disagree with the header.
  if (!target.startsWith('/')) return null;
  if (entrance.kind === 'socket') return target;
  if (!isOwnHost(request.rawHeaders, entrance.port())) return null;
  const end = target.slice(1).search(/[/?]/) + 1;
  const segment = end === 0 ? target.slice(1) : target.slice(1, end);
  if (!timingSafeEqual(digestOf(segment), entrance.secretDigest)) return null;
  const rest = end === 0 ? '' : target.slice(end);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function isOwnHost(rawHeaders: readonly string[], port: number): boolean {
  const hosts = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'host');
  return hosts.length === 1 && (hosts[0] === `127.0.0.1:${port}` || hosts[0] === `localhost:${port}`);
}

/** Of digests, a comparison takes the same time whatever differs, and whatever the lengths. */
export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
