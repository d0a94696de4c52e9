// The full widget: QR code, deep link, 8-character code and countdown, with the typed code always beside them.

import { type ReactElement, useState } from "react";

import type { PassidWidgetError } from "../core/errors.js";
import type { Decline, ShownSession, VerificationResult, VerifiedClaims } from "../core/types.js";
import { type PassidVerification, usePassidVerification } from "../hook.js";
import type { Messages } from "../messages.js";
import { CodeField } from "./CodeField.js";
import { Countdown } from "./Countdown.js";
import { QrCode } from "./QrCode.js";
import { Shell, Spinner, type WidgetProps, useMessages } from "./Shell.js";

export interface PASSIDVerifyProps extends WidgetProps {
  /** The person shared. The claims are for display; confirm `result.verification_id` on your server. */
  onSuccess: (claims: VerifiedClaims, result: VerificationResult) => void;
  /** Nothing was shared: declined, refused, or `Request expired`. The widget shows what to do next. */
  onDecline?: ((reason: string, decline: Decline) => void) | undefined;
  /** It cannot go on: no connection, a wrong key, an unexpected answer. */
  onError?: ((error: PassidWidgetError) => void) | undefined;
  /** Leave out the field for typed codes. */
  hideCodeEntry?: boolean | undefined;
}

export function PASSIDVerify({ onSuccess, hideCodeEntry = false, ...widget }: PASSIDVerifyProps): ReactElement {
  const messages = useMessages(widget.messages);
  const verification = usePassidVerification({ ...widget, onVerified: (result) => onSuccess(result.verified_claims, result) });
  const { state, start, submitCode, reset } = verification;
  // After a refused code the way back is the beginning, where the field is; otherwise a new session.
  const restart = (): void => (state.status === "declined" || (state.status === "error" && state.error.code === "not_confirmed") ? reset() : void start());
  return (
    <Shell widget={widget} verification={verification} messages={messages} kind="verify" restart={restart}>
      {(announce) => (
        <div className="passid-panel">
          {state.status === "idle" && (
            <>
              <p className="passid-intro">{messages.intro}</p>
              <button type="button" className="passid-button passid-button-primary" onClick={() => void start()}>
                {messages.start}
              </button>
            </>
          )}
          {state.status === "requesting" && <Spinner text={messages.requesting} />}
          {state.status === "verifying" && <Spinner text={state.step === "code" ? messages.verifyingCode : messages.confirming} />}
          {state.status === "awaiting" && (
            <Waiting session={state.session} isRetrying={state.connection === "retrying"} verification={verification} messages={messages} announce={announce} />
          )}
          {!hideCodeEntry && (state.status === "idle" || state.status === "awaiting") && (
            <>
              <p className="passid-or" aria-hidden="true">
                {messages.or}
              </p>
              <CodeField messages={messages} onSubmit={(code) => void submitCode(code)} isBusy={false} />
            </>
          )}
        </div>
      )}
    </Shell>
  );
}

interface WaitingProps {
  session: ShownSession;
  isRetrying: boolean;
  verification: PassidVerification;
  messages: Messages;
  announce: (text: string) => void;
}

function Waiting({ session, isRetrying, verification, messages, announce }: WaitingProps): ReactElement {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(session.code);
      setCopied(true);
      announce(messages.copied);
    } catch {
      // No permission, or no TLS: the code can be read and selected.
    }
  };
  return (
    <>
      <p className="passid-intro">{messages.scan}</p>
      <QrCode text={session.deepLink} label={messages.qrLabel} />
      <a className="passid-button passid-deep-link" href={session.deepLink}>
        {messages.openApp}
      </a>
      <p className="passid-typed-code">
        <span className="passid-help">{messages.typedCodeLabel}</span>
        {/* Spelled out: read as a word it is of no use. */}
        <code dir="ltr" aria-hidden="true">
          {session.code}
        </code>
        <span className="passid-visually-hidden">{Array.from(session.code.replace("-", "")).join(" ")}</span>
        <button type="button" className="passid-button passid-button-small" onClick={() => void copy()}>
          {isCopied ? messages.copied : messages.copy}
        </button>
      </p>
      <Countdown flow={verification.flow} messages={messages} announce={announce} />
      {isRetrying && <p className="passid-help">{messages.reconnecting}</p>}
      <button type="button" className="passid-button passid-button-small" onClick={verification.cancel}>
        {messages.cancel}
      </button>
    </>
  );
}
