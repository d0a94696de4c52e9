// The hook under both components: use it to draw your own.

import { useEffect, useRef, useState, useSyncExternalStore } from "react";

import { type FlowEnvironment, type FlowOptions, VerificationFlow } from "./core/flow.js";
import { IDLE, type VerificationState } from "./core/state.js";

export type UsePassidVerificationOptions = FlowOptions;

/** What the hook gives. Functions keep their identity; none throws. */
export interface PassidVerification {
  state: VerificationState;
  /** Creates a session and waits for the person. */
  start: () => Promise<void>;
  /** Verifies a code or token that was typed in. */
  submitCode: (code: string) => Promise<void>;
  /** Stops waiting. */
  cancel: () => void;
  /** Back to the beginning after an end. */
  reset: () => void;
  /** Milliseconds until the session ends, by the server's clock. */
  remainingMs: () => number;
  /** The machinery itself, for the components. */
  flow: VerificationFlow;
}

const serverState = (): VerificationState => IDLE;

/**
 * Verification without looks: the state, and what can be done about it.
 *
 * `environment` replaces fetch, clock and randomness in tests.
 */
export function usePassidVerification(options: UsePassidVerificationOptions, environment?: Partial<FlowEnvironment>): PassidVerification {
  const [flow] = useState(() => new VerificationFlow(options, environment));
  const latest = useRef(options);
  latest.current = options;
  // Every render: callbacks are always the latest, and nothing restarts because their identity changed.
  useEffect(() => {
    flow.setOptions(latest.current);
  });
  useEffect(() => flow.attach(), [flow]);
  const state = useSyncExternalStore(flow.subscribe, flow.getState, serverState);
  const { start, submitCode, cancel, reset, remainingMs } = flow;
  return { state, start, submitCode, cancel, reset, remainingMs, flow };
}
