// What both widgets share: the region, its announcements, focus, theme, and the ends of every story.

import { type FocusEvent, type ReactElement, type ReactNode, type RefObject, useCallback, useEffect, useId, useRef, useState } from "react";

import type { FlowOptions } from "../core/flow.js";
import type { VerificationState } from "../core/state.js";
import type { PassidVerification } from "../hook.js";
import { type Messages, defaultMessages } from "../messages.js";
import { type Theme, useTheme } from "../theme.js";
import { Summary } from "./Summary.js";

/** Props both widgets have. */
export interface WidgetProps extends Omit<FlowOptions, "onVerified"> {
  theme?: Theme | undefined;
  /** `auto` follows the device. */
  colorScheme?: "auto" | "light" | "dark" | undefined;
  /** Direction of the texts; the page's when left out. */
  dir?: "ltr" | "rtl" | undefined;
  /** Texts of your own, in part or whole. */
  messages?: Partial<Messages> | undefined;
  className?: string | undefined;
  /** Level of the widget's heading in your page, 1 to 6; 2 when left out. */
  headingLevel?: 1 | 2 | 3 | 4 | 5 | 6 | undefined;
  /** Name of a hidden form field that holds the verification's id after success. */
  name?: string | undefined;
}

export function useMessages(messages: Partial<Messages> | undefined): Messages {
  return messages === undefined ? defaultMessages : { ...defaultMessages, ...messages };
}

/** What is said when a state begins. Waiting speaks through the countdown. */
function statusText(state: VerificationState, messages: Messages): string {
  switch (state.status) {
    case "requesting":
      return messages.requesting;
    case "verifying":
      return state.step === "code" ? messages.verifyingCode : messages.confirming;
    case "success":
      return messages.success;
    case "declined":
      return declineText(state, messages);
    case "expired":
      return messages.expired;
    default:
      return "";
  }
}

export function declineText(state: VerificationState & { status: "declined" }, messages: Messages): string {
  return messages.denyReasons[state.denyReason ?? ""] ?? messages.declined;
}

interface ShellProps {
  widget: WidgetProps;
  verification: PassidVerification;
  messages: Messages;
  kind: "verify" | "code";
  /** What to show while nothing has ended. */
  children: (announce: (text: string) => void) => ReactNode;
  /** What the button after an end does. */
  restart: () => void;
  /** Show `children` in this state, too, although it is an end. */
  keepsChildren?: boolean;
}

export function Shell({ widget, verification, messages, kind, children, restart, keepsChildren = false }: ShellProps): ReactElement {
  const { state } = verification;
  const root = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const restartButton = useRef<HTMLButtonElement>(null);
  const hadFocus = useRef(false);
  const [announcement, announce] = useState("");
  const id = useId();
  useTheme(root, widget.theme);

  const { status } = state;
  const previous = useRef(status);
  useEffect(() => {
    if (previous.current === status) return;
    previous.current = status;
    if (status !== "awaiting") announce(statusText(state, messages));
    // Only those who are in the widget are led on; nobody is pulled away from another field, here or outside.
    const active = document.activeElement;
    if (!hadFocus.current || (active !== heading.current && root.current?.contains(active) === true)) return;
    (restartButton.current ?? heading.current)?.focus();
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [status]);
  const onBlur = useCallback((event: FocusEvent) => {
    // The focused element was removed when the browser names no other place; that is when the focus is to be led on.
    if (event.relatedTarget !== null && root.current?.contains(event.relatedTarget as Node) !== true) hadFocus.current = false;
  }, []);

  const Heading = `h${widget.headingLevel ?? 2}` as const;
  const isBusy = status === "requesting" || status === "verifying";
  return (
    <section
      ref={root}
      className={["passid", `passid-${kind}`, widget.className].filter(Boolean).join(" ")}
      data-status={status}
      data-scheme={widget.colorScheme ?? "auto"}
      dir={widget.dir}
      aria-labelledby={`${id}-heading`}
      aria-busy={isBusy}
      onFocus={() => {
        hadFocus.current = true;
      }}
      onBlur={onBlur}
    >
      <Heading ref={heading} id={`${id}-heading`} className="passid-heading" tabIndex={-1}>
        {messages.heading(widget.institutionName)}
      </Heading>
      <p className="passid-visually-hidden" role="status">
        {announcement}
      </p>
      {keepsChildren ? (
        children(announce)
      ) : (
        <Body state={state} messages={messages} restart={restart} restartButton={restartButton}>
          {children(announce)}
        </Body>
      )}
      {widget.name !== undefined && state.status === "success" && <input type="hidden" name={widget.name} value={state.result.verification_id} />}
    </section>
  );
}

interface BodyProps {
  state: VerificationState;
  messages: Messages;
  restart: () => void;
  restartButton: RefObject<HTMLButtonElement | null>;
  children: ReactNode;
}

function Body({ state, messages, restart, restartButton, children }: BodyProps): ReactElement {
  switch (state.status) {
    case "success":
      return (
        <div className="passid-panel passid-panel-success">
          <p className="passid-outcome">
            <span aria-hidden="true">✓ </span>
            {messages.success}
          </p>
          <Summary claims={state.result.verified_claims} messages={messages} />
        </div>
      );
    case "declined":
    case "expired":
      return (
        <div className="passid-panel">
          <p className="passid-outcome">{state.status === "expired" ? messages.expired : declineText(state, messages)}</p>
          <button ref={restartButton} type="button" className="passid-button passid-button-primary" onClick={restart}>
            {state.status === "expired" ? messages.generateNewCode : messages.tryAgain}
          </button>
        </div>
      );
    case "error":
      return (
        <div className="passid-panel">
          <div role="alert">
            <p className="passid-outcome">{messages.error(state.error)}</p>
            {state.error.requestId !== undefined && <p className="passid-help">{messages.requestId(state.error.requestId)}</p>}
          </div>
          <button ref={restartButton} type="button" className="passid-button passid-button-primary" onClick={restart}>
            {messages.tryAgain}
          </button>
        </div>
      );
    default:
      return <>{children}</>;
  }
}

export function Spinner({ text }: { text: string }): ReactElement {
  return (
    <p className="passid-spinner">
      <span className="passid-spinner-wheel" aria-hidden="true" />
      {text}
    </p>
  );
}
