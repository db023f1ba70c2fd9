// What a run tells of once: an agent or a provider may make names up, so of any sort only so many are told.
const MOST_TOLD = 10;

/** True the first time for each of the first ten. */
export function firstOfEach(): (name: string) => boolean {
  const told = new Set<string>();
  return (name) => {
    if (told.has(name) || told.size === MOST_TOLD) return false;
    told.add(name);
    return true;
  };
}
