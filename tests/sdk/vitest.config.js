import { defineConfig } from "vitest/config";

// Two files at once: one waits for npm and builds while the other waits for wallets and polls.
export default defineConfig({ test: { include: ["*.test.js"], environment: "node", testTimeout: 180_000, hookTimeout: 300_000, maxWorkers: 2 } });
