/** The present moment (ms), renewed every second or every `every` ms. */
import { useEffect, useState } from "react";

export function useNow(every = 1_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
