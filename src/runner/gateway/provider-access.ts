// How the calls of a run get to a provider: where it is, by which key, over which way.
import type { WireLaunch, WireProvider } from '../../server/wire/run.ts';
import type { ProviderAccess } from './call/call-context.ts';
import { proxyFor, type Way, wayTo } from './call/way-upstream.ts';
import { type KeyPlace, type ProviderKey, providerKey } from './provider-key.ts';

export function accessTo(
  launch: Pick<WireLaunch, 'auth'>,
  wire: WireProvider,
  place: KeyPlace,
  notice: (message: string) => void,
): ProviderAccess {
  const { base_url: base, login_base_url: loginBase } = wire;
  const bases = launch.auth === 'key' || loginBase === undefined ? [base] : [base, loginBase];
  if (bases.some((one) => proxyFor(one, place.env) === 'unreadable')) {
    notice(`what HTTPS_PROXY says is no address, so calls for ${wire.name} go out without it`);
  }
  const to = (address: string): Way => {
    const proxy = proxyFor(address, place.env);
    return wayTo(address, proxy === 'unreadable' ? null : proxy);
  };
  const [, login] = bases;
  return {
    way: to(versioned(base)),
    loginWay: login === undefined ? null : to(login),
    key: keyOf(launch, wire, place),
  };
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
