// The widget's states and every way between them, as one pure function.

import type { PassidWidgetError } from "./errors.js";
import type { ShownSession, VerificationResult } from "./types.js";

export type VerificationState =
  /** Nothing has begun. */
  | { status: "idle" }
  /** A session is being created. */
  | { status: "requesting" }
  /** The person is to scan, tap or type. `retrying`: the last poll failed, the next may not. */
  | { status: "awaiting"; session: ShownSession; connection: "ok" | "retrying" }
  /** A typed code, or the host's `confirm`, is under way. */
  | { status: "verifying"; step: "code" | "confirm" }
  | { status: "success"; result: VerificationResult }
  /** The person declined, or the verifier refused the code. */
  | { status: "declined"; denyReason: string | undefined; said: string | undefined }
  | { status: "expired" }
  | { status: "error"; error: PassidWidgetError };

export type VerificationEvent =
  | { type: "start" }
  | { type: "submit" }
  | { type: "created"; session: ShownSession }
  | { type: "polled" }
  | { type: "pollFailed" }
  | { type: "confirming" }
  | { type: "completed"; result: VerificationResult }
  | { type: "declined"; denyReason?: string | undefined; said?: string | undefined }
  | { type: "expired" }
  | { type: "failed"; error: PassidWidgetError }
  | { type: "cancel" }
  | { type: "reset" };

export type Status = VerificationState["status"];
export type EventType = VerificationEvent["type"];

/** Events each state listens to. Whatever else arrives came too late, or twice, and changes nothing. */
export const ACCEPTED: Readonly<Record<Status, readonly EventType[]>> = {
  idle: ["start", "submit", "failed"],
  requesting: ["created", "failed", "cancel"],
  awaiting: ["polled", "pollFailed", "confirming", "completed", "declined", "expired", "failed", "cancel", "submit"],
  verifying: ["confirming", "completed", "declined", "expired", "failed", "cancel"],
  success: ["reset"],
  declined: ["start", "submit", "reset"],
  expired: ["start", "submit", "reset"],
  error: ["start", "submit", "reset"],
};

export const IDLE: VerificationState = { status: "idle" };

/** The next state; the same object when the event changes nothing. */
export function reduce(state: VerificationState, event: VerificationEvent): VerificationState {
  if (!ACCEPTED[state.status].includes(event.type)) return state;
  switch (event.type) {
    case "start":
      return { status: "requesting" };
    case "submit":
      return { status: "verifying", step: "code" };
    case "created":
      return { status: "awaiting", session: event.session, connection: "ok" };
    case "polled":
      return withConnection(state, "ok");
    case "pollFailed":
      return withConnection(state, "retrying");
    case "confirming":
      return { status: "verifying", step: "confirm" };
    case "completed":
      return { status: "success", result: event.result };
    case "declined":
      return { status: "declined", denyReason: event.denyReason, said: event.said };
    case "expired":
      return { status: "expired" };
    case "failed":
      return { status: "error", error: event.error };
    case "cancel":
    case "reset":
      return IDLE;
  }
}

function withConnection(state: VerificationState, connection: "ok" | "retrying"): VerificationState {
  return state.status === "awaiting" && state.connection !== connection ? { ...state, connection } : state;
}
