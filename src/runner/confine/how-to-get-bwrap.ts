// What a person does so that agents can be confined here, in the words of the distribution that runs.
import { existsSync, readFileSync } from 'node:fs';

export type Hindrance = 'not_linux' | 'missing' | 'old' | 'broken' | 'refused';

export interface Machine {
  /** ID and ID_LIKE of /etc/os-release. */
  readonly distributions: readonly string[];
  readonly isWsl: boolean;
  readonly isContainer: boolean;
  /** AppArmor's limit on user namespaces, as Ubuntu has it since 23.10. */
  readonly hasAppArmorLimit: boolean;
  /** Null where the kernel has no such setting. */
  readonly maxUserNamespaces: number | null;
  /** Debian's older switch; null where there is none. */
  readonly unprivilegedSwitch: number | null;
}

const INSTALL: readonly (readonly [string, string])[] = [
  ['debian', 'sudo apt install bubblewrap util-linux'],
  ['ubuntu', 'sudo apt install bubblewrap util-linux'],
  ['fedora', 'sudo dnf install bubblewrap util-linux'],
  ['rhel', 'sudo dnf install bubblewrap util-linux'],
  ['arch', 'sudo pacman -S bubblewrap util-linux'],
  ['suse', 'sudo zypper install bubblewrap util-linux'],
  ['alpine', 'sudo apk add bubblewrap util-linux'],
];

export function howToGetBwrap(hindrance: Hindrance, machine: Machine = lookAround()): string {
  switch (hindrance) {
    case 'not_linux':
      return 'Agents can be confined on Linux only; on Windows use WSL 2. Here runs are advisory: an agent that is hostile can get around its gate.';
    case 'missing':
    case 'broken':
      return `Install bubblewrap and util-linux: ${install(machine)}.`;
    case 'old':
      return 'Install bubblewrap 0.8 or newer (Debian 12, Ubuntu 24.04, Fedora 38 and later have it), or build it from its source.';
    case 'refused':
      return permit(machine);
  }
}

function install({ distributions }: Machine): string {
  return (
    INSTALL.find(([name]) => distributions.includes(name))?.[1] ?? 'with this distribution’s package manager'
  );
}

function permit(machine: Machine): string {
  if (machine.maxUserNamespaces === 0) {
    return 'User namespaces are switched off. Switch them on: sudo sysctl -w user.max_user_namespaces=15000, and keep that in /etc/sysctl.d/.';
  }
  if (machine.unprivilegedSwitch === 0) {
    return 'User namespaces are for root only here. Switch them on: sudo sysctl -w kernel.unprivileged_userns_clone=1, and keep that in /etc/sysctl.d/.';
  }
  if (machine.isContainer) {
    return 'This is a container, which may not make namespaces. Start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined (Docker, Podman), or run governed-agents on the host.';
  }
  if (machine.hasAppArmorLimit) {
    return 'AppArmor allows user namespaces to named programs only. Allow bwrap: sudo apt install apparmor-profiles, sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/, sudo systemctl reload apparmor. (Or, for every program: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0.)';
  }
  if (machine.isWsl)
    return 'This WSL is version 1 or its kernel is too old. In Windows: wsl --update, then wsl --set-version <distribution> 2.';
  return 'Run the same bwrap command in a terminal to see what refuses it: user namespaces, a security module, or a limit of this login.';
}

function lookAround(): Machine {
  const os = read('/etc/os-release') ?? '';
  return {
    distributions: [...os.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    ),
    isWsl: /microsoft/i.test(read('/proc/version') ?? ''),
    isContainer:
      existsSync('/.dockerenv') || existsSync('/run/.containerenv') || process.env['container'] !== undefined,
    hasAppArmorLimit: number('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === 1,
    maxUserNamespaces: number('/proc/sys/user/max_user_namespaces'),
    unprivilegedSwitch: number('/proc/sys/kernel/unprivileged_userns_clone'),
  };
}

function number(path: string): number | null {
  const text = read(path);
  return text === undefined ? null : Number(text);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // This kernel or distribution has no such file.
    return undefined;
  }
}
