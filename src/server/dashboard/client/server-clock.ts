// The server's time in the browser, ticking once a second: expiry is the server's to decide, so countdowns follow
// its clock and not this machine's.
import { useEffect, useState } from 'preact/hooks';

export function useServerNow(skewMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return nowMs + skewMs;
}
