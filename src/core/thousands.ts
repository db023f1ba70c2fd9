// Large numbers for people, their thousands apart. Not by Intl, which takes longer to load than all the rest of a short command.

/** "1,234,567"; of money, with its sign and its cents, "$1,250.00". */
export function grouped(value: number | string): string {
  const [whole = '', fraction] = String(value).split('.');
  const apart = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? apart : `${apart}.${fraction}`;
}
