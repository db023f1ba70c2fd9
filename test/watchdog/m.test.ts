import { it } from 'vitest';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { resumeAgent } from '../../src/governor/stop/resume-agent.ts';
import { Governed, until, untilGrows, useWatchdog } from './governed.ts';
useWatchdog();
const q = (xs: number[], p: number) => xs.sort((a, b) => a - b)[Math.min(xs.length - 1, Math.floor(xs.length * p))];
it('latency', async () => {
  const governed = new Governed();
  await governed.startWatchdog();
  const run = await governed.newRun();
  const ms: number[] = [], det: number[] = [];
  for (let i = 0; i < 100; i++) {
    await delay(50 + Math.random() * 50);
    governed.call(run, 'make'); governed.call(run, 'make'); governed.call(run, 'make');
    await until(() => run.row().status === 'paused', 'paused');
    const e = governed.payloads('watchdog_pause', run.id)[0];
    ms.push(Number(e?.['stopped_ms'])); det.push(Number(e?.['detected_ms']));
    governed.governor.commitNow((tx) => resumeAgent(tx, { agentId: 'noop', actor: { kind: 'operator', id: null } }));
    await untilGrows(run);
  }
  console.log('stopped p50', q(ms, 0.5), 'p99', q(ms, 0.99), 'max', Math.max(...ms), 'detected p50', q(det, 0.5), 'p99', q(det, 0.99));
}, 120_000);
const cpu = (pid: number) => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []; return (Number(f[11]) + Number(f[12])) * 10; };
const sched = (pid: number) => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
it('idle', async () => {
  const governed = new Governed();
  const w = await governed.startWatchdog();
  const pid = w.process.pid ?? 0;
  await delay(2000);
  let c = cpu(pid); let s = sched(pid); await delay(20_000);
  console.log('idle without runs %', (cpu(pid) - c) / 200, (sched(pid) - s) / 200);
  const run = await governed.newRun();
  run.runner.process.ref();
  await delay(5500);
  c = cpu(pid); s = sched(pid); await delay(8_000);
  console.log('idle with one live quiet run %', (cpu(pid) - c) / 80, (sched(pid) - s) / 80);
}, 120_000);
