// Time and the page's wakefulness as parameters.

/** The time and timers. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `callback` once after `milliseconds`; the returned function cancels. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Calls back when the page may have slept or been offline: shown again, restored from the cache, focused, back online. */
export function onWake(callback: () => void): () => void {
  if (typeof window === "undefined") return () => undefined;
  const onVisibility = (): void => {
    if (document.visibilityState === "visible") callback();
  };
  document.addEventListener("visibilitychange", onVisibility);
  for (const event of ["pageshow", "online", "focus"]) window.addEventListener(event, callback);
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    for (const event of ["pageshow", "online", "focus"]) window.removeEventListener(event, callback);
  };
}
