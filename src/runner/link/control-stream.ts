// Follows what the server wants of this run (pause, resume, kill, decisions) for as long as the run lives. A lost stream is opened
// again, and the server's first word on it says where things stand, so nothing said meanwhile is missed.
import { fieldOf } from '../../core/json-object.ts';
import type { WireControl } from '../../server/wire/run.ts';
import { backoff, wait } from './backoff.ts';
import { clientAt, type ServerPlace } from './server-place.ts';

export interface ControlOptions {
  readonly place: ServerPlace;
  readonly runId: string;
  readonly secret: string;
  readonly onControl: (control: WireControl) => void;
  readonly onReachable: (isReachable: boolean) => void;
  readonly signal: AbortSignal;
}

const KINDS: ReadonlySet<unknown> = new Set(['hello', 'pause', 'resume', 'kill', 'proposal']);

/** Resolves when the signal aborts. */
export async function followControl(options: ControlOptions): Promise<void> {
  const { place, secret, signal, onReachable } = options;
  const retry = backoff(50, 500);
  const at = clientAt(place, secret);
  while (!signal.aborted) {
    const client = at();
    const stream = await client?.stream(`/runs/${options.runId}/control`, { signal });
    if (stream?.result === 'ok') {
      retry.reset();
      onReachable(true);
      for await (const { data } of stream.body) hear(data, options.onControl);
    } else if (stream?.result === 'problem' && stream.problem.code === 'run_ended') {
      // The secret of a run dies with the run: somebody else has ended it.
      options.onControl({ type: 'kill', reason: 'the run was ended in the record' });
    } else if (!signal.aborted) onReachable(false);
    place.forget();
    await wait(retry.nextMs(), signal);
  }
}

/** A kind that this version does not know is none that it could act on. */
function hear(data: string, onControl: ControlOptions['onControl']): void {
  const control: unknown = JSON.parse(data);
  if (isControl(control)) onControl(control);
}

function isControl(value: unknown): value is WireControl {
  return KINDS.has(fieldOf(value, 'type'));
}
