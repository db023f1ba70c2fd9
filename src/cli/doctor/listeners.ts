// Who listens where, and who is alive: our server on 127.0.0.1, nobody on [::1] with the same port, a watchdog that beats.
import { existsSync } from 'node:fs';
import { BEAT_STALE_MS, readServerFile } from '../../config/entry.ts';
import { acceptsConnections, type BeatReading, readBeat } from '../../process/entry.ts';
import { clientOf } from '../client.ts';
import type { Project } from '../project.ts';
import { hashInForce } from '../rules/hash-in-force.ts';
import { broken, type Finding, ok, worthKnowing } from './finding.ts';
import { listenerOn } from './listener-on.ts';

const DEFAULT_PORT = 8005;

export async function lookAtPort(project: Project): Promise<readonly Finding[]> {
  const client = clientOf(project);
  const port = client.port ?? (await configuredPort(project));
  const findings: Finding[] = [];
  if (client.port !== null) {
    const answer = await client.get('/health', 1_000);
    findings.push(
      answer.result === 'ok'
        ? ok('port', `${port}: this project's server answers`)
        : broken(
            'port',
            `${port}: the server of this project lives and does not answer`,
            'look at server.log in the state folder; `governed-agents down` ends it',
          ),
    );
  } else if (await acceptsConnections('127.0.0.1', port)) {
    findings.push(
      worthKnowing(
        'port',
        `${port} is taken by ${listenerOn('127.0.0.1', port)}`,
        'serve with --port, or set [server] port in governed.toml',
      ),
    );
  } else findings.push(ok('port', `${port} is free on 127.0.0.1`));
  if (await acceptsConnections('::1', port)) {
    findings.push(
      broken(
        '[::1]',
        `${listenerOn('::1', port)} listens on [::1]:${port}: a browser that opens http://localhost:${port} may reach it instead of the server`,
        'end it, or serve on another port',
      ),
    );
  } else findings.push(ok('[::1]', `nobody listens on [::1]:${port}`));
  return findings;
}

export function lookAtSupervision(project: Project): readonly Finding[] {
  const nowMs = Date.now();
  const server =
    readServerFile(project.state) === null ? null : readBeat(project.state.serverBeat, nowMs, BEAT_STALE_MS);
  const watchdog = readBeat(project.state.watchdogBeat, nowMs, BEAT_STALE_MS);
  return [
    beatFinding('server', server ?? { state: 'none' }, 'start it with `governed-agents serve`'),
    beatFinding('watchdog', watchdog, 'the server starts one beside it; no run starts without'),
    ...acceptance(project),
  ];
}

function beatFinding(name: string, beat: BeatReading, hint: string): Finding {
  switch (beat.state) {
    case 'alive':
      return ok(name, `alive, process ${beat.id.pid}, last beat ${Math.round(beat.ageMs)} ms ago`);
    case 'stale':
      return broken(
        name,
        `process ${beat.id.pid} lives, but gave no beat for ${Math.round(beat.ageMs)} ms: it hangs or is stopped`,
        'end it with `governed-agents down`',
      );
    case 'unreadable':
      return broken(name, beat.reason, 'look at the state folder');
    default:
      return worthKnowing(name, 'not running', hint);
  }
}

function acceptance(project: Project): readonly Finding[] {
  if (!existsSync(project.state.store))
    return [worthKnowing('rules', 'never accepted', 'look at them with `governed-agents accept`')];
  const hash = hashInForce(project);
  return hash === null
    ? [worthKnowing('rules', 'never accepted', 'look at them with `governed-agents accept`')]
    : [ok('rules', `${hash.slice(0, 12)} in force`)];
}

async function configuredPort(project: Project): Promise<number> {
  const { parseRules, readBundle } = await import('../../config/rules-entry.ts');
  try {
    const parsed = parseRules(await readBundle(project.dir));
    return parsed.result === 'rules' ? parsed.rules.port : DEFAULT_PORT;
  } catch {
    // Broken rules are told by `policy check`; the port that is used without them is this one.
    return DEFAULT_PORT;
  }
}
