// Tells when the governing files change on disk, so that an edit is noticed at once. It says that something changed, never what:
// the bundle has to be read again.
import { relative, sep } from 'node:path';
import { watch } from 'chokidar';
import { isGoverning } from './bundle.ts';
import { fileFault } from './file-fault.ts';

export interface FileWatch {
  readonly projectDir: string;
  /** Called once after a burst of changes. */
  readonly onChange: () => void;
  /** An OperationError: changes may go unnoticed from now on. */
  readonly onFault: (fault: Error) => void;
  /** How long the files must have been quiet. */
  readonly quietMs?: number;
}

export interface FileWatcher {
  /** Settles when every change from then on is noticed. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

export function watchFiles(options: FileWatch): FileWatcher {
  const { projectDir, onChange, onFault, quietMs = 100 } = options;
  let timer: NodeJS.Timeout | null = null;
  const watcher = watch(projectDir, {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path) => {
      const inProject = relative(projectDir, path).split(sep).join('/');
      return inProject !== '' && !isGoverning(inProject);
    },
  });
  watcher.on('all', () => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(onChange, quietMs);
  });
  watcher.on('error', (cause) => onFault(fileFault('watch the governing files', projectDir, cause)));
  return {
    ready: new Promise((resolve) => {
      watcher.once('ready', () => resolve());
    }),
    close: async () => {
      await watcher.close();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
