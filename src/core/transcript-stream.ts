// Which lines of a run's transcript are for a person: what an agent CLI says to its adapter stands beside them, said in words.

export function isForPeople(stream: unknown): boolean {
  return stream !== 'protocol';
}
