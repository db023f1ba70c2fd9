// Where things stand for whoever is inside a jail. The same in every jail, so that what was tried in one holds for the next.

const OWN = '/run/governed';

export const JAIL = {
  home: '/home/agent',
  temporary: '/tmp',
  taskFile: `${OWN}/task.md`,
  systemPromptFile: `${OWN}/system-prompt.md`,
  gatewaySocket: `${OWN}/gateway.sock`,
  door: `${OWN}/door.mjs`,
  /** What the mounts must lead to that an agent could have meddled with. */
  places: `${OWN}/places.json`,
  /** The network is the jail's own, so the port is always free. */
  gatewayPort: 17_005,
  gatewayUrl: 'http://127.0.0.1:17005',
  hostname: 'governed',
  user: 'agent',
  /** Not 0: nothing inside takes itself for root, whoever started the jail. */
  uid: 1000,
  gid: 1000,
} as const;
