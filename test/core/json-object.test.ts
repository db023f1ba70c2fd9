import { expect, it } from 'vitest';
import { fieldOf, fieldsOf } from '../../src/core/json-object.ts';

it.each([null, undefined, 'text', 7, true, ['a']])('finds no field in %j', (value) => {
  expect([fieldOf(value, 'length'), fieldsOf(value)]).toEqual([undefined, {}]);
});

it('finds the fields that an object has of its own, and none that it inherits', () => {
  const said: unknown = JSON.parse('{"a":{"b":null},"__proto__":{"c":1}}');
  expect(fieldOf(fieldOf(said, 'a'), 'b')).toBeNull();
  expect([fieldOf(said, 'constructor'), fieldOf(said, 'c')]).toEqual([undefined, undefined]);
  expect(fieldOf(said, '__proto__')).toEqual({ c: 1 });
});
