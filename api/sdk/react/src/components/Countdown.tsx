// The time left: a clock to look at, and a word now and then for those who listen.

import { type ReactElement, useEffect, useState } from "react";

import type { VerificationFlow } from "../core/flow.js";
import type { Messages } from "../messages.js";

/** Seconds left at which the time is said. */
const ANNOUNCED = [300, 60, 30];

function clockFace(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** `announce` is called when waiting begins and at five minutes, one minute and half a minute. */
export function Countdown({ flow, messages, announce }: { flow: VerificationFlow; messages: Messages; announce: (text: string) => void }): ReactElement {
  const [seconds, setSeconds] = useState(() => Math.ceil(flow.remainingMs() / 1_000));
  useEffect(() => {
    let previous = Infinity;
    let cancel: () => void = () => undefined;
    const tick = (): void => {
      const left = flow.remainingMs();
      const now = Math.ceil(left / 1_000);
      const crossed = ANNOUNCED.find((mark) => previous > mark && now <= mark);
      if (previous === Infinity) announce(`${messages.scan} ${messages.announceTimeLeft(now)}`);
      else if (crossed !== undefined && now > 0) announce(messages.announceTimeLeft(now));
      previous = now;
      setSeconds(now);
      // To the next full second, so that the clock neither skips nor drifts.
      if (left > 0) cancel = flow.clock.after(left % 1_000 || 1_000, tick);
    };
    tick();
    return () => cancel();
    // Texts do not restart the clock.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [flow]);
  return (
    <p className="passid-timer" role="timer">
      {messages.timeLeft(clockFace(seconds))}
    </p>
  );
}
