// The built files: what they import, and that both module systems load them. Run `npm run build` first.

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const files = readdirSync(dist).filter((name) => /\.(js|cjs)$/.test(name));

describe("the built files", () => {
  it("use nothing of Node but in the test server, so that edge runtimes can load them", () => {
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      const text = readFileSync(dist + name, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      const imports = [...text.matchAll(/(?:from|import|require)\s*\(?\s*["'`]([^."'`][^"'`]*)["'`]/g)].map(([, specifier]) => specifier);
      const allowed = name.startsWith("testing") ? ["node:http"] : name.startsWith("evidence") ? ["snarkjs"] : [];
      expect(imports.filter((specifier) => !allowed.includes(specifier ?? "")), name).toEqual([]);
      expect(/\b(Buffer|process)\s*[.([]|\b__dirname\b/.test(text), name).toBe(false);
    }
  });

  it("load as CommonJS and as modules with the same names", async () => {
    const require = createRequire(import.meta.url);
    for (const entry of ["index", "evidence", "fastify", "hono", "testing"]) {
      const common = Object.keys(require(`${dist}${entry}.cjs`) as object).sort();
      const module = Object.keys((await import(`${dist}${entry}.js`)) as object).sort();
      expect(common, entry).toEqual(module);
    }
  });

  it("offer these names; removing one breaks users", async () => {
    expect(Object.keys((await import(`${dist}index.js`)) as object).sort()).toMatchInlineSnapshot(`
      [
        "DEFAULT_BASE_URL",
        "DEFAULT_TOLERANCE_SECONDS",
        "PASSIDClient",
        "PassidError",
        "Sessions",
        "Verifications",
        "evaluatePolicy",
        "getPassid",
        "isPassidError",
        "normaliseToken",
        "passidMiddleware",
        "readRawBody",
        "signTestWebhook",
        "verificationOf",
        "verifyWebhookSignature",
        "withPassid",
        "withPassidPages",
      ]
    `);
  });
});
