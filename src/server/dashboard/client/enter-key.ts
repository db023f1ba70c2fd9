// Whether a key press says "send it": Enter, pressed anew (a key held down sends once), and not the one that ends a composed character.

export function isFreshEnter(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && !event.repeat && !event.isComposing;
}
