// The inline widget: one field for the code the person reads out of their app, inside the host's own form.

import type { ReactElement } from "react";

import type { PassidWidgetError } from "../core/errors.js";
import type { Decline, VerificationResult } from "../core/types.js";
import { usePassidVerification } from "../hook.js";
import { CodeField } from "./CodeField.js";
import { Shell, Spinner, type WidgetProps, declineText, useMessages } from "./Shell.js";

export interface PassidCodeVerificationProps extends Omit<WidgetProps, "autoStart" | "permissions" | "predicates" | "ttlSeconds"> {
  /** The code was verified. `result.verified_claims` is for display; confirm `result.verification_id` on your server. */
  onVerified: (result: VerificationResult) => void;
  /** The code was refused; the widget says why and lets the person type another. */
  onDecline?: ((reason: string, decline: Decline) => void) | undefined;
  /** It cannot go on: no connection, a wrong key, an unexpected answer. */
  onError?: ((error: PassidWidgetError) => void) | undefined;
}

export function PassidCodeVerification(props: PassidCodeVerificationProps): ReactElement {
  const messages = useMessages(props.messages);
  const verification = usePassidVerification(props);
  const { state, submitCode, reset } = verification;
  // A refused code is a mistake in a field: the field stays, with the reason.
  const isOpen = state.status === "idle" || state.status === "verifying" || state.status === "declined";
  const field = (
    <div className="passid-panel">
      <CodeField
        messages={messages}
        onSubmit={(code) => void submitCode(code)}
        isBusy={state.status === "verifying"}
        error={state.status === "declined" ? declineText(state, messages) : undefined}
      />
      {state.status === "verifying" && <Spinner text={state.step === "code" ? messages.verifyingCode : messages.confirming} />}
    </div>
  );
  return (
    <Shell widget={props} verification={verification} messages={messages} kind="code" restart={reset} keepsChildren={isOpen}>
      {() => field}
    </Shell>
  );
}
