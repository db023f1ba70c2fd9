// audit verify: runs the verification and says what it found, what it means, and what it can't see.
import { OperationError } from '../../core/fault.ts';
import { faultCode } from '../../core/fault-code.ts';
import { visibleLine } from '../../core/visible-text.ts';
import { EXIT } from '../exit-code.ts';
import { type Output, warn } from '../output.ts';
import type { Project } from '../project.ts';
import { closedState, openForReading } from '../state.ts';
import { headFrom, ownHeads } from './known-heads.ts';
import { openMirrorFile } from './mirror-file.ts';
import { type RecordFault, type Verified, verifyRecord } from './verify-record.ts';

const LIMITS =
  'without a head kept elsewhere (--against), a cut-off end or a rewrite of everything by someone with your rights can’t be seen';

export function verifyCommand(project: Project, output: Output, against: string | undefined): void {
  const closed = closedState(project);
  if (closed !== null) throw closed;
  const own = ownHeads(project.state.heads);
  const elsewhere = against === undefined ? [] : [headFrom(against, project.id)];
  const mirror = openMirrorFile(project.state.mirror);
  const startedMs = performance.now();
  const verified = readAndVerify(project, mirror, [...own.heads, ...elsewhere]);
  const elapsedMs = performance.now() - startedMs;
  mirror?.close();
  tell(output, verified, { against, unusable: own.unusable, hasMirror: mirror !== null, elapsedMs });
  if (verified.fault !== null) process.exitCode = EXIT.recordBroken;
}

function readAndVerify(
  project: Project,
  mirror: Parameters<typeof verifyRecord>[1],
  heads: Parameters<typeof verifyRecord>[2],
): Verified {
  const store = openRecord(project);
  try {
    return verifyRecord(store, mirror, heads);
  } catch (error) {
    throw damaged(error);
  } finally {
    store.close();
  }
}

function openRecord(project: Project): ReturnType<typeof openForReading> {
  try {
    return openForReading(project);
  } catch (error) {
    throw damaged(error);
  }
}

/** A store that SQLite itself can't read is a record that does not verify. */
function damaged(error: unknown): unknown {
  const code = faultCode(error) ?? '';
  if (code !== 'store_corrupt' && !code.startsWith('SQLITE_CORRUPT') && code !== 'SQLITE_NOTADB')
    return error;
  return new OperationError({
    op: 'verify the record',
    code: 'record_broken',
    message: 'the record does not verify: the store itself is damaged',
    hint: 'nothing was changed. Keep a copy of the state folder, then put back a `governed-agents backup`; audit.jsonl holds the events up to the damage',
    cause: error,
  });
}

interface Told {
  readonly against: string | undefined;
  readonly unusable: readonly string[];
  readonly hasMirror: boolean;
  readonly elapsedMs: number;
}

function tell(output: Output, verified: Verified, told: Told): void {
  const { fault, heads, events, hash } = verified;
  output.data({
    ok: fault === null,
    events,
    hash,
    purged: verified.purged,
    fault,
    mirror: { present: told.hasMirror, behind: verified.behind, torn: verified.torn },
    heads: heads.map(({ file, head, isElsewhere }) => ({
      file,
      seq: head.seq,
      ts: head.ts,
      kept_elsewhere: isElsewhere,
    })),
    against: told.against ?? null,
    limits: told.against === undefined ? LIMITS : null,
    elapsed_ms: Math.round(told.elapsedMs),
  });
  for (const file of told.unusable)
    warn(output, `${file} holds no head with a valid signature; it was left out`);
  if (fault === null) tellGood(output, verified, told);
  else tellFault(output, fault, events);
}

function tellGood(output: Output, verified: Verified, told: Told): void {
  const { paint } = output;
  const { events, behind, torn, purged, heads } = verified;
  output.line(
    `${paint.green('✓')} ${paint.bold(events === 1 ? '1 event verifies' : `${events} events verify`)}, newest hash ${verified.hash}`,
  );
  if (!told.hasMirror) output.line('  mirror: there is no audit.jsonl yet; the server writes it');
  else if (behind > 0)
    output.line(
      `  mirror: equal as far as it goes, ${behind} behind; the server writes the rest${torn ? ' (its last line is incomplete)' : ''}`,
    );
  else output.line('  mirror: equal, byte for byte');
  if (purged > 0) output.line(`  ${purged} payloads were purged: their events verify, their content is gone`);
  const [elsewhere] = heads.filter((known) => known.isElsewhere);
  if (elsewhere !== undefined) {
    output.line(
      `  head of ${elsewhere.head.ts} (${elsewhere.file}): nothing up to event ${elsewhere.head.seq} was changed since`,
    );
  } else {
    if (heads.length > 0)
      output.line(
        `  ${heads.length} signed ${heads.length === 1 ? 'head' : 'heads'} in the state folder ${heads.length === 1 ? 'agrees' : 'agree'}`,
      );
    output.line(paint.dim(`  ${LIMITS}`));
  }
}

function tellFault(output: Output, fault: RecordFault, events: number): void {
  const { paint } = output;
  const type = fault.event_type === null ? '' : ` (${visibleLine(fault.event_type)})`;
  output.line(`${paint.red('✗ the record does not verify')}: event ${paint.bold(String(fault.seq))}${type}`);
  output.line(`  what   ${visibleLine(fault.detail)} [${fault.problem}]`);
  if (fault.file !== null)
    output.line(`  where  ${fault.file}${fault.line === null ? '' : `:${fault.line}`}`);
  output.line(`  before it, ${events} events verify; nothing was changed`);
  output.line(
    '  next   copy the state folder as it is, then compare store, audit.jsonl and your copies of heads',
  );
}
