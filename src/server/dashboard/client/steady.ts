// Holds a control back for a moment after the page moved it or changed what it acts on, so that a click meant for one
// thing never lands on another.
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

const SETTLE_MS = 400;

interface Place {
  readonly of: string;
  /** In the window, and on the page. */
  readonly windowTop: number;
  readonly windowLeft: number;
  readonly pageTop: number;
  readonly pageLeft: number;
}

/** `of` names what the control acts on. False while it has to be held back. */
export function useSteady(control: RefObject<HTMLElement | null>, of: string): boolean {
  const place = useRef<Place | null>(null);
  const [heldUntilMs, setHeldUntilMs] = useState(() => performance.now() + SETTLE_MS);
  useLayoutEffect(() => {
    if (control.current === null) return;
    const box = control.current.getBoundingClientRect();
    const now: Place = {
      of,
      windowTop: box.top,
      windowLeft: box.left,
      pageTop: box.top + window.scrollY,
      pageLeft: box.left + window.scrollX,
    };
    const before = place.current;
    place.current = now;
    if (before === null || before.of !== now.of || wasMoved(before, now)) {
      setHeldUntilMs(performance.now() + SETTLE_MS);
    }
  });
  const [, setReleases] = useState(0);
  useLayoutEffect(() => {
    const timer = setTimeout(() => setReleases((count) => count + 1), heldUntilMs - performance.now() + 1);
    return () => clearTimeout(timer);
  }, [heldUntilMs]);
  return performance.now() >= heldUntilMs;
}

/** Scrolling changes a control's place in the window, or (where it sticks) on the page, never both. */
function wasMoved(before: Place, now: Place): boolean {
  const inWindow =
    Math.abs(before.windowTop - now.windowTop) > 1 || Math.abs(before.windowLeft - now.windowLeft) > 1;
  const onPage = Math.abs(before.pageTop - now.pageTop) > 1 || Math.abs(before.pageLeft - now.pageLeft) > 1;
  return inWindow && onPage;
}
