// Every attempt to escape, in the order in which they are made: the floods last, since they disturb the others.
import { floodProbes } from './flood-probes.ts';
import { kernelProbes } from './kernel-probes.ts';
import { networkProbes } from './network-probes.ts';
import { privilegeProbes } from './privilege-probes.ts';
import type { Probe } from './probe.ts';
import { processProbes } from './process-probes.ts';
import { readProbes } from './read-probes.ts';
import { writeProbes } from './write-probes.ts';

export const allProbes: readonly Probe[] = [
  ...readProbes,
  ...writeProbes,
  ...processProbes,
  ...privilegeProbes,
  ...networkProbes,
  ...kernelProbes,
  ...floodProbes,
];
