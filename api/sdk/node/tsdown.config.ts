import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/index.ts", "src/evidence.ts", "src/fastify.ts", "src/hono.ts", "src/testing.ts"],
  format: ["esm", "cjs"],
  platform: "neutral",
  target: "es2022",
  dts: true,
  fixedExtension: false,
  external: ["snarkjs", /^node:/],
});
