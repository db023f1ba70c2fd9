// What the probes are sent after: things outside of the jail that are really there, so that a probe which fails to reach them proves
// something. Written by the side outside, read by the probes from their stdin.

export type MadeIn =
  | 'write.git-hooks'
  | 'write.state'
  | 'write.home'
  | 'write.beside-workspace'
  | 'write.system'
  | 'write.configuration'
  | 'write.root'
  | 'write.dev';

export interface Bait {
  /** Stands in every secret that the probes are sent after. */
  readonly canary: string;
  readonly workspace: string;
  readonly secrets: {
    readonly operatorToken: string;
    readonly store: string;
    readonly mirror: string;
    readonly keys: string;
    readonly ownRun: string;
    readonly otherRun: string;
    readonly home: string;
    readonly temporary: string;
    readonly sharedMemory: string;
    readonly project: string;
    readonly otherAgent: string;
    readonly gitConfig: string;
  };
  readonly writes: {
    readonly rules: string;
    readonly policy: string;
    readonly agentFile: string;
    readonly accepted: string;
    readonly door: string;
  };
  /** Folders that something is made in, by the probe that does it. */
  readonly made: Readonly<Record<MadeIn, string>>;
  readonly network: {
    readonly serverPort: number;
    readonly otherPort: number;
    /** Null where the machine has no [::1]. */
    readonly port6: number | null;
    readonly abstractName: string;
    readonly namedSocket: string;
    readonly otherGateway: string;
  };
  readonly process: {
    readonly victim: number;
    readonly runner: number;
    /** In clock ticks since the boot, as /proc/PID/stat has it. */
    readonly runnerStart: string;
    /** The program that makes jails, as its device and number. */
    readonly jailer: string;
    /** A variable of the operator's environment, whose value is the canary. */
    readonly variable: string;
  };
  readonly host: {
    readonly name: string;
    /** Kind of namespace to what /proc/self/ns says of it. */
    readonly namespaces: Readonly<Record<string, string>>;
    /** SysV message queue. Null where none could be made. */
    readonly queueKey: number | null;
    /** The description of a key in this user's keyring. Null where none could be made. */
    readonly keyName: string | null;
  };
  readonly limits: {
    readonly processes: number;
    readonly openFiles: number;
    readonly fileBytes: number;
    readonly memoryBytes: number;
    readonly temporaryBytes: number;
  };
}
