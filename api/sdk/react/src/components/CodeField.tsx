// One text field for a spoken or copied code. Inside a host's form it neither submits that form nor takes part in it.

import { type KeyboardEvent, type ReactElement, useId, useState } from "react";

import type { Messages } from "../messages.js";

export interface CodeFieldProps {
  messages: Messages;
  onSubmit: (code: string) => void;
  isBusy: boolean;
  /** Why the last code was refused. */
  error?: string | undefined;
}

export function CodeField({ messages, onSubmit, isBusy, error }: CodeFieldProps): ReactElement {
  const [code, setCode] = useState("");
  const id = useId();
  const submit = (): void => {
    if (!isBusy && code.trim() !== "") onSubmit(code);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    // The host's form is not to be sent by this.
    event.preventDefault();
    submit();
  };
  const described = error === undefined ? `${id}-help` : `${id}-error ${id}-help`;
  return (
    <div className="passid-code-field">
      <label className="passid-label" htmlFor={id}>
        {messages.codeLabel}
      </label>
      <div className="passid-code-row">
        <input
          id={id}
          className="passid-input"
          type="text"
          dir="ltr"
          value={code}
          onChange={(event) => setCode(event.target.value)}
          onKeyDown={onKeyDown}
          maxLength={60}
          readOnly={isBusy}
          autoCapitalize="characters"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          aria-describedby={described}
          aria-invalid={error !== undefined}
        />
        <button type="button" className="passid-button passid-button-primary" onClick={submit} aria-disabled={isBusy || code.trim() === ""}>
          {messages.submitCode}
        </button>
      </div>
      {error !== undefined && (
        <p className="passid-field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      <p className="passid-help" id={`${id}-help`}>
        {messages.codeHelp}
      </p>
    </div>
  );
}
