import { defineConfig } from "vitest/config";

// Two files at once: one waits for npm and builds while the other waits for wallets and polls. A poll that
// will succeed takes as long as it takes: only a failing one waits for the timeout.
export default defineConfig({ test: { include: ["*.test.js"], environment: "node", testTimeout: 180_000, hookTimeout: 300_000, maxWorkers: 2, expect: { poll: { timeout: 10_000 } } } });
