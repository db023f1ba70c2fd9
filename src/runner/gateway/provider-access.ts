// How the calls of a run get to a provider: where it is, by which key, over which way.
import type { WireLaunch, WireProvider } from '../../server/wire/run.ts';
import type { ProviderAccess } from './call/call-context.ts';
import { proxyFor, wayTo } from './call/way-upstream.ts';
import { type KeyPlace, type ProviderKey, providerKey } from './provider-key.ts';

export function accessTo(
  launch: Pick<WireLaunch, 'auth'>,
  wire: WireProvider,
  place: KeyPlace,
  notice: (message: string) => void,
): ProviderAccess {
  const proxy = proxyFor(wire.base_url, place.env);
  if (proxy === 'unreadable') {
    notice(`what HTTPS_PROXY says is no address, so calls for ${wire.name} go out without it`);
  }
  const way = wayTo(versioned(wire.base_url), proxy === 'unreadable' ? null : proxy);
  return { way, key: keyOf(launch, wire, place) };
}

/** A base with a version of its own ("https://openrouter.ai/api/v1") is taken as it is. */
export function versioned(base: string): string {
  return /\/v\d+$/.test(base) ? base : `${base}/v1`;
}

function keyOf(
  { auth }: Pick<WireLaunch, 'auth'>,
  wire: WireProvider,
  place: KeyPlace,
): () => Promise<ProviderKey> {
  return auth === 'key' ? providerKey(wire, place) : () => Promise.resolve({ result: 'own' });
}
