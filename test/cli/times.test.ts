// Times as they are typed: a date is the beginning of that day where the person sits, as all times are shown there.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newPlace, type Place } from './binary.ts';

const TOKYO = { env: { TZ: 'Asia/Tokyo' } };

let place: Place;
beforeAll(async () => {
  place = newPlace();
  await place.run(['init', place.dir]);
});
afterAll(() => place.remove());

test('a date is local midnight, in every option that takes one', async () => {
  const brief = await place.run(['brief', '--since', '2026-01-02', '--json'], TOKYO);
  expect(JSON.parse(brief.out)).toMatchObject({ since: '2026-01-01T15:00:00.000Z' });
  const list = await place.run(['audit', 'list', '--until', '2026-01-02'], TOKYO);
  expect(list.out).toBe('No event until 2026-01-02 00:00:00.\n');
  const at = ['policy', 'explain', 'send_email', '--at', '2099-01-02', '--json'];
  expect(JSON.parse((await place.run(at, TOKYO)).out)).toMatchObject({ at: '2099-01-01T15:00:00.000Z' });
  const exact = await place.run(['brief', '--since', '2026-01-02T00:00:00Z', '--json'], TOKYO);
  expect(JSON.parse(exact.out)).toMatchObject({ since: '2026-01-02T00:00:00.000Z' });
});

test.each(['2026-02-30', '2026-13-01'])('%s is no day', async (text) => {
  const said = await place.run(['brief', '--since', text]);
  expect(said).toMatchObject({ code: 2, out: '' });
  expect(said.err).toContain(`"${text}" is no time`);
});

test.each([
  ['brief', '--since', '2999-01-01'],
  ['policy', 'simulate', '--since', '2999-01-01T00:00:00Z'],
])('what is still to come is not where %s begins', async (...args) => {
  const said = await place.run(args);
  expect(said).toMatchObject({ code: 2, out: '' });
  expect(said.err).toContain('is still to come');
  expect(said.err).toContain('12h');
});
