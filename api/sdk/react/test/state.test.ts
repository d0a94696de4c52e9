import { describe, expect, it } from "vitest";

import { PassidWidgetError } from "../src/core/errors.js";
import { ACCEPTED, type EventType, IDLE, type Status, type VerificationEvent, type VerificationState, reduce } from "../src/core/state.js";

const session = { requestId: "req_1", code: "AB3X-7YQM", deepLink: "passid://verify-request?r=req_1&i=ins_1", expiresAt: 1 };
const result = { verification_id: "vrf_1", verified_claims: {}, verified_at: undefined, method: "session" } as const;
const error = new PassidWidgetError("network", "no");

const states: Record<Status, VerificationState> = {
  idle: IDLE,
  requesting: { status: "requesting" },
  awaiting: { status: "awaiting", session, connection: "ok" },
  verifying: { status: "verifying", step: "code" },
  success: { status: "success", result },
  declined: { status: "declined", denyReason: "TOKEN_EXPIRED", said: undefined },
  expired: { status: "expired" },
  error: { status: "error", error },
};
const events: Record<EventType, VerificationEvent> = {
  start: { type: "start" },
  submit: { type: "submit" },
  created: { type: "created", session },
  polled: { type: "polled" },
  pollFailed: { type: "pollFailed" },
  confirming: { type: "confirming" },
  completed: { type: "completed", result },
  declined: { type: "declined" },
  expired: { type: "expired" },
  failed: { type: "failed", error },
  cancel: { type: "cancel" },
  reset: { type: "reset" },
};
/** Where each event leads, from wherever it is accepted. */
const leadsTo: Record<EventType, Status> = {
  start: "requesting", submit: "verifying", created: "awaiting", polled: "awaiting", pollFailed: "awaiting", confirming: "verifying",
  completed: "success", declined: "declined", expired: "expired", failed: "error", cancel: "idle", reset: "idle",
};

describe("every event in every state", () => {
  for (const [status, state] of Object.entries(states) as [Status, VerificationState][]) {
    for (const [type, event] of Object.entries(events) as [EventType, VerificationEvent][]) {
      const isAccepted = ACCEPTED[status].includes(type);
      it(`${status}: ${type} ${isAccepted ? `leads to ${leadsTo[type]}` : "changes nothing"}`, () => {
        const frozen = Object.freeze(state);
        const next = reduce(frozen, event);
        if (isAccepted) expect(next.status).toBe(leadsTo[type]);
        else expect(next).toBe(state);
      });
    }
  }

  it("ends of a story listen to nothing that comes late", () => {
    for (const status of ["success", "declined", "expired", "error"] as const) {
      for (const late of ["created", "polled", "pollFailed", "completed", "declined", "expired", "failed"] as const) expect(ACCEPTED[status]).not.toContain(late);
    }
  });
});

describe("the connection", () => {
  it("is shown as lost and found without leaving the state", () => {
    const lost = reduce(states.awaiting, events.pollFailed);
    expect(lost).toMatchObject({ status: "awaiting", connection: "retrying" });
    expect(reduce(lost, events.polled)).toMatchObject({ connection: "ok" });
    expect(reduce(states.awaiting, events.polled)).toBe(states.awaiting);
  });
});
