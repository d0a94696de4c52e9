// @vitest-environment node
import { renderToString } from "react-dom/server";
import { describe, expect, it } from "vitest";

import { PASSIDVerify, PassidCodeVerification } from "../src/index.js";

describe("rendering on a server", () => {
  const widgets = {
    verify: <PASSIDVerify apiKey="pk_sandbox_0" onSuccess={() => undefined} autoStart theme={{ primary: "#00c27a" }} />,
    code: <PassidCodeVerification apiKey="pk_sandbox_0" onVerified={() => undefined} />,
  };

  it.each(Object.entries(widgets))("gives the first state, without inline style or script: %s", (_, widget) => {
    const html = renderToString(widget);
    expect(html).toContain('data-status="idle"');
    expect(html).toContain("PASSID share code");
    expect(html).not.toMatch(/ style=|<script|<style| on[a-z]+=/);
    expect(html).not.toContain("pk_sandbox_0");
  });
});
