import { expect, it } from 'vitest';
import { grouped } from '../../src/core/thousands.ts';

it('large numbers have their thousands apart, and money only those of its dollars', () => {
  expect([0, 999, 1_000, 1_234_567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect(['$999.00', '$1250.00', '$1234567.123456'].map(grouped)).toEqual([
    '$999.00',
    '$1,250.00',
    '$1,234,567.123456',
  ]);
});
