import { act } from "@testing-library/react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { expect, it, vi } from "vitest";

import { PASSIDVerify } from "../src/index.js";

it("hydrates what the server rendered without a complaint", async () => {
  const complaint = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const widget = <PASSIDVerify apiKey="pk_sandbox_0" onSuccess={() => undefined} theme={{ primary: "#007a4d" }} />;
  const container = document.createElement("div");
  document.body.append(container);
  container.innerHTML = renderToString(widget);
  const recovered = vi.fn();
  const root = await act(async () => hydrateRoot(container, widget, { onRecoverableError: recovered }));
  expect(recovered).not.toHaveBeenCalled();
  expect(complaint).not.toHaveBeenCalled();
  expect(container.querySelector("section")?.style.getPropertyValue("--passid-on-primary")).toBe("#ffffff");
  await act(async () => root.unmount());
});
