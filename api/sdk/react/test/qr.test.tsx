import { render } from "@testing-library/react";
import jsQR from "jsqr";
import { expect, it } from "vitest";

import { QrCode } from "../src/components/QrCode.js";

it("draws dark modules on light with a quiet zone of four, and reads back by a strict reader", () => {
  const link = "passid://verify-request?r=req_01hzk3vw0kg9m2x4p6r8t0v2w5&i=ins_01hzk3vw0kg9m2x4p6r8t0v2w4";
  const { container } = render(<QrCode text={link} label="QR" />);
  const size = Number(container.querySelector("svg")?.getAttribute("viewBox")?.split(" ")[2]);
  const scale = 4;
  const pixels = new Uint8ClampedArray((size * scale) ** 2 * 4).fill(255);
  for (const [, x, y, width] of (container.querySelector("path")?.getAttribute("d") ?? "").matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    const [left, top, length] = [Number(x), Number(y), Number(width)];
    expect(Math.min(left, top, size - left - length, size - top - 1)).toBeGreaterThanOrEqual(4);
    for (let row = top * scale; row < (top + 1) * scale; row += 1) {
      for (let column = left * scale; column < (left + length) * scale; column += 1) pixels.fill(0, (row * size * scale + column) * 4, (row * size * scale + column) * 4 + 3);
    }
  }
  expect(jsQR(pixels, size * scale, size * scale, { inversionAttempts: "dontInvert" })?.data).toBe(link);
});
