// The built files: what they import, and that both module systems load them. Run `npm run build` first.

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
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

  it("make errors that survive minifying and are known to another bundle's copy", async () => {
    const bundles = await Promise.all(
      ["a", "b"].map(async (copy) => {
        const { outputFiles } = await build({ entryPoints: [`${dist}index.js`], bundle: true, minify: true, format: "esm", write: false, footer: { js: `// ${copy}` } });
        return (await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? "").toString("base64")}`)) as typeof import("../src/index.js");
      }),
    );
    const [first, second] = bundles as [typeof import("../src/index.js"), typeof import("../src/index.js")];
    const error = new first.PassidError("network", "no connection");
    expect(first.PassidError).not.toBe(second.PassidError);
    expect([second.isPassidError(error), error.name, String(error)]).toEqual([true, "PassidError", "PassidError: no connection"]);
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
