// @vitest-environment node
// The built files. Run `npm run build` first.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
/** Bytes, minified and gzipped, React aside, QR encoder included. */
const BUDGET = 12 * 1024;

describe("the built files", () => {
  it.each(["index.js", "index.cjs"])("tell React's server that they run in the browser: %s", (file) => {
    expect(readFileSync(dist + file, "utf8")).toMatch(/^["']use client["'];/);
  });

  it("fit the budget", async () => {
    const bundle = await build({ entryPoints: [`${dist}index.js`], bundle: true, minify: true, write: false, format: "esm", external: ["react", "react-dom", "react/jsx-runtime"] });
    const size = gzipSync(bundle.outputFiles[0]?.contents ?? "", { level: 9 }).length;
    console.log(`@passidio/react: ${size} bytes minified and gzipped, of ${BUDGET}`);
    expect(size).toBeLessThanOrEqual(BUDGET);
  });

  it("need nothing but React", () => {
    const text = readFileSync(`${dist}index.js`, "utf8");
    const imports = [...text.matchAll(/^import .* from "(.*)";$/gm)].map(([, name]) => name);
    expect([...new Set(imports)].sort()).toEqual(["react", "react/jsx-runtime"]);
    expect(text).not.toMatch(/\beval\(|new Function|innerHTML|document\.createElement/);
  });

  it("load as CommonJS and as a module with the same names", async () => {
    const common = Object.keys(createRequire(import.meta.url)(`${dist}index.cjs`) as object).sort();
    const module = Object.keys((await import(`${dist}index.js`)) as object).sort();
    expect(common).toEqual(module);
    expect(module).toEqual(["DEFAULT_BASE_URL", "PASSIDVerify", "PassidCodeVerification", "PassidWidgetError", "defaultMessages", "reduce", "usePassidVerification"]);
  });
});
