// The form. PASSID's widget stands in it like any other field.
import { PASSIDVerify, PassidCodeVerification } from "@passidio/react";
import "@passidio/react/styles.css";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

import "./page.css";

const settings = await (await fetch("/settings")).json();

function LoanApplicationForm() {
  const [decision, setDecision] = useState();
  const [isSpeaking, setSpeaking] = useState(false);

  async function submit(event) {
    event.preventDefault();
    const form = Object.fromEntries(new FormData(event.currentTarget));
    // What the browser shows proves nothing: the server asks PASSID about passid_verification itself.
    const response = await fetch("/applications", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(form) });
    setDecision(await response.json());
  }

  const widget = { apiKey: settings.publishableKey, baseUrl: settings.baseUrl, environment: "sandbox", name: "passid_verification", headingLevel: 2 };
  return (
    <form onSubmit={submit}>
      <h1>Apply for a loan</h1>
      <label>
        Full name
        <input name="full_name" autoComplete="name" required />
      </label>
      <label>
        E-mail
        <input name="email" type="email" autoComplete="email" required />
      </label>
      <label className="choice">
        <input type="checkbox" checked={isSpeaking} onChange={(event) => setSpeaking(event.target.checked)} />I have a code from my PASSID app
      </label>
      {isSpeaking ? (
        <PassidCodeVerification {...widget} onVerified={() => undefined} />
      ) : (
        <PASSIDVerify {...widget} institutionName="Meridian Loans" permissions={["identity_verified", "income_verified", "sanctions_clear"]} ttlSeconds={settings.ttlSeconds} onSuccess={() => undefined} />
      )}
      <button type="submit">Send application</button>
      <p role="status" className="decision">
        {decision?.message}
      </p>
    </form>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <LoanApplicationForm />
  </StrictMode>,
);
