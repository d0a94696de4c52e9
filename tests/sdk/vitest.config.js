import { defineConfig } from "vitest/config";

// One file after the other: each starts an issuer, and the browser wants the machine for itself.
export default defineConfig({ test: { include: ["*.test.js"], environment: "node", testTimeout: 120_000, hookTimeout: 180_000, fileParallelism: false } });
