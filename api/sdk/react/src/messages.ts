// Every text of the widgets. Pass your own, in part or whole, as `messages`; each widget has its own.

import type { PassidWidgetError } from "./core/errors.js";

export interface Messages {
  /** Heading; `name` is `institutionName`. */
  heading: (name: string | undefined) => string;
  intro: string;
  start: string;
  codeLabel: string;
  codeHelp: string;
  submitCode: string;
  /** Between the two ways. */
  or: string;
  requesting: string;
  scan: string;
  qrLabel: string;
  openApp: string;
  typedCodeLabel: string;
  copy: string;
  copied: string;
  cancel: string;
  /** The countdown, such as `9:47`. */
  timeLeft: (clock: string) => string;
  /** Said aloud when waiting begins and at 5 minutes, 1 minute and 30 seconds. */
  announceTimeLeft: (seconds: number) => string;
  reconnecting: string;
  verifyingCode: string;
  confirming: string;
  success: string;
  score: (score: number, tier: string | undefined) => string;
  declined: string;
  expired: string;
  generateNewCode: string;
  error: (error: PassidWidgetError) => string;
  requestId: (id: string) => string;
  tryAgain: string;
  yes: string;
  no: string;
  /** By `denyReason`. */
  denyReasons: Readonly<Record<string, string>>;
  /** Names of claims; claims without a name are not shown. */
  claims: Readonly<Record<string, string>>;
}

function duration(seconds: number): string {
  if (seconds >= 60) {
    const minutes = Math.round(seconds / 60);
    return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  }
  return `${seconds} seconds`;
}

/** The texts in English. */
export const defaultMessages: Messages = {
  heading: (name) => (name === undefined ? "Verify with PASSID" : `Verify with PASSID for ${name}`),
  intro: "Share verified claims from your PASSID app. You choose what is shared; no statements leave your bank.",
  start: "Show QR code",
  codeLabel: "PASSID share code",
  codeHelp: "In your PASSID app, tap Share and type the code here, for example KE8V-3TXY-Z72L.",
  submitCode: "Verify code",
  or: "or",
  requesting: "Creating verification session…",
  scan: "Scan the code with your PASSID app, or type it there.",
  qrLabel: "QR code for your PASSID app",
  openApp: "Open the PASSID app",
  typedCodeLabel: "Code to type in the app",
  copy: "Copy code",
  copied: "Code copied",
  cancel: "Cancel",
  timeLeft: (clock) => `Expires in ${clock}`,
  announceTimeLeft: (seconds) => `The code expires in ${duration(seconds)}.`,
  reconnecting: "The connection was lost; trying again…",
  verifyingCode: "Verifying credential…",
  confirming: "Confirming…",
  success: "Verified",
  score: (score, tier) => (tier === undefined ? `Score ${score}` : `Score ${score}, tier ${tier}`),
  declined: "Nothing was shared.",
  expired: "The code has expired.",
  generateNewCode: "Generate new code",
  error: (error) =>
    error.code === "network" || error.code === "timeout"
      ? "PASSID could not be reached. Check your connection and try again."
      : error.isTransient
        ? "PASSID cannot answer right now. Try again in a moment."
        : "The verification could not be completed.",
  requestId: (id) => `Reference: ${id}`,
  tryAgain: "Try again",
  yes: "Yes",
  no: "No",
  denyReasons: {
    TOKEN_NOT_FOUND: "This code is not known. Check it, or make a new share in your PASSID app.",
    TOKEN_EXPIRED: "This code has expired. Make a new share in your PASSID app.",
    TOKEN_REVOKED: "This share was withdrawn in the PASSID app.",
    TOKEN_ALREADY_USED: "This code was already used. Each code works once; make a new share.",
    INSTITUTION_MISMATCH: "This code was made for another institution. Make a new share for this one.",
    CREDENTIAL_STALE: "The bank data behind this share is too old. Refresh it in your PASSID app.",
    CREDENTIAL_REVOKED: "The credential behind this share is no longer valid.",
    HARD_DENY_SANCTIONS_MATCH: "This verification cannot continue. Please contact the institution.",
  },
  claims: {
    identity_verified: "Identity confirmed",
    income_verified: "Income confirmed",
    income_band: "Income",
    sanctions_screening_clear: "Sanctions screening clear",
    payment_behavior_verified: "Pays regular bills reliably",
    savings_behavior_verified: "Saves regularly",
    identity_and_fraud_checks_passed: "Fraud checks passed",
  },
};
