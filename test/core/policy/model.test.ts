import { expect, it } from 'vitest';
import { firstMismatch } from './compare-with-model.ts';

const PAIRS = process.env['GOVERNED_PROVE'] === '1' ? 1_000_000 : 20_000;

it(`decides ${PAIRS} random requests under random policies as a naive reading of the policy does`, () => {
  expect(firstMismatch(PAIRS, 20261120)).toBeNull();
}, 600_000);
