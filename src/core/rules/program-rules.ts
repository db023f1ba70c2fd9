// Programs of the operator that the server starts, outside of every agent: what is started, with which environment, for how long.

export interface ProgramRules {
  readonly start: ProgramStart;
  readonly timeoutMs: number;
  readonly env: {
    /** Names of the server's own variables that it gets. */
    readonly pass: readonly string[];
    readonly set: Readonly<Record<string, string>>;
  };
}

export type ProgramStart =
  | { readonly kind: 'run'; readonly command: readonly string[] }
  /** A JavaScript module of the governing files, whose default export is called. */
  | { readonly kind: 'module'; readonly path: string }
  | { readonly kind: 'ready'; readonly settings: ReadySettings };

/** The executors that come with the package, with what their operator lets them do. */
export type ReadySettings = HttpRequestSettings | GitPushSettings | WriteFileSettings;

export interface HttpRequestSettings {
  readonly use: 'http-request';
  /** "api.example.com", "*.example.com", "localhost:3000". */
  readonly hosts: readonly string[];
  readonly methods: readonly string[];
  /** Lower-case names. What stands here can't be set by a payload. */
  readonly headers: Readonly<Record<string, HeaderValue>>;
}

/** A secret is named, never written: where it stands in the server's environment. */
export type HeaderValue = string | { readonly env: string; readonly prefix: string };

export interface GitPushSettings {
  readonly use: 'git-push';
  /** Absolute, or from the project's folder. */
  readonly repository: string;
  /** Name to address. */
  readonly remotes: Readonly<Record<string, string>>;
  /** Names, or patterns with `*`. */
  readonly branches: readonly string[];
  readonly force: boolean;
  readonly token: { readonly env: string; readonly username: string } | null;
}

export interface WriteFileSettings {
  readonly use: 'write-file';
  /** Absolute, or from the project's folder. */
  readonly folders: readonly string[];
  readonly overwrite: boolean;
}

export interface ExecutorRules extends ProgramRules {
  readonly actionType: string;
}

export type NotifyKind = 'held' | 'paused' | 'killed' | 'warning';

export interface NotifyRules extends ProgramRules {
  readonly on: readonly NotifyKind[];
}
