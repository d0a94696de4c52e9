// @passidio/node/testing: a PASSID of your own, fixtures and signed events for your tests.

export { MockPassid, createMockPassid } from "./testing/mock.js";
export type { MockFailure, MockToken, RecordedRequest } from "./testing/mock.js";
export { TEST_WEBHOOK_SECRET, partialClaims, strongClaims, webhookEvent } from "./testing/fixtures.js";
export { sandboxTokens } from "./testing/sandbox.js";
export { signTestWebhook } from "./webhooks.js";
export type { SignedWebhook } from "./webhooks.js";
