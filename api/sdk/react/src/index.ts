"use client";
// @passidio/react: what pages import. The directive must stay first, here and in the built file: it tells React's server that all of
// this runs in the browser.

export { PASSIDVerify } from "./components/PASSIDVerify.js";
export type { PASSIDVerifyProps } from "./components/PASSIDVerify.js";
export { PassidCodeVerification } from "./components/PassidCodeVerification.js";
export type { PassidCodeVerificationProps } from "./components/PassidCodeVerification.js";
export type { WidgetProps } from "./components/Shell.js";
export type { Clock } from "./core/clock.js";
export { PassidWidgetError } from "./core/errors.js";
export type { PassidErrorCode } from "./core/errors.js";
export { DEFAULT_BASE_URL } from "./core/flow.js";
export type { FlowEnvironment, FlowOptions } from "./core/flow.js";
export { reduce } from "./core/state.js";
export type { VerificationEvent, VerificationState } from "./core/state.js";
export type { Decline, Permission, Predicate, ShownSession, VerificationResult, VerifiedClaims } from "./core/types.js";
export { usePassidVerification } from "./hook.js";
export type { PassidVerification, UsePassidVerificationOptions } from "./hook.js";
export { defaultMessages } from "./messages.js";
export type { Messages } from "./messages.js";
export type { Theme } from "./theme.js";
