// @vitest-environment node
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

import { contrast, readPrimary } from "../src/theme.js";

it("measures contrast as WCAG does", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#00c27a", "#ffffff")).toBeCloseTo(2.33, 2);
  expect(contrast("#007a4d", "#ffffff")).toBeCloseTo(5.4, 1);
});

it("is enough for the default colours and for whatever the host chooses", () => {
  const css = readFileSync(new URL("../src/styles.css", import.meta.url), "utf8");
  const colour = (name: string) => new RegExp(`--passid-${name}: (#[0-9a-f]+);`).exec(css)?.[1] ?? "";
  expect(readPrimary(colour("primary"))?.onPrimary).toBe(colour("on-primary"));
  for (let red = 0; red < 256; red += 51) {
    for (let green = 0; green < 256; green += 51) {
      for (let blue = 0; blue < 256; blue += 51) {
        const primary = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
        expect(contrast(primary, readPrimary(primary)?.onPrimary ?? primary), primary).toBeGreaterThanOrEqual(4.5);
      }
    }
  }
});
