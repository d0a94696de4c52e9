// Webhooks: check that an event is PASSID's, untouched and fresh. Both signature schemes (docs/webhooks.md).

import { concatBytes, equalBytes, fromBase64, fromHex, toBase64, toHex, utf8 } from "./bytes.js";
import { PassidError } from "./errors.js";
import type { WebhookEvent } from "./types.js";

/** Seconds by which an event's time may differ from yours, in either direction. */
export const DEFAULT_TOLERANCE_SECONDS = 300;

const SECRET_PREFIX = "whsec_";

type HeaderValue = string | readonly string[] | undefined;
/** Headers as your framework has them: `Headers`, or a plain object such as Node's `request.headers`. */
export type WebhookHeaders = Headers | Readonly<Record<string, HeaderValue>>;

export interface WebhookOptions {
  /** Seconds, 300 when left out; also how far ahead of your clock an event may be. */
  toleranceSeconds?: number;
  /** Milliseconds since the epoch; the runtime's clock when left out. */
  now?: () => number;
  /**
   * Whether `X-PASSID-Signature` alone is enough. It does not cover the time, so an event caught by somebody can be sent again: keep
   * every event `id` and refuse repetitions. False when left out.
   */
  allowLegacySignature?: boolean;
}

/** An event whose signature was checked. */
export interface VerifiedWebhook {
  event: WebhookEvent;
  /** The same over all attempts: handle each once. */
  id: string;
  /** `standard` covers identifier, time and body; `legacy` the body only. */
  scheme: "standard" | "legacy";
}

function fail(message: string): never {
  throw new PassidError("webhook_signature", message);
}

function readHeader(headers: WebhookHeaders, name: string): string | undefined {
  if (typeof (headers as Headers).get === "function") return (headers as Headers).get(name) ?? undefined;
  for (const [key, value] of Object.entries(headers as Record<string, HeaderValue>)) {
    if (key.toLowerCase() === name) return typeof value === "string" ? value : value?.[0];
  }
  return undefined;
}

function readBody(payload: unknown): Uint8Array {
  if (typeof payload === "string") return utf8(payload);
  if (payload instanceof ArrayBuffer) return new Uint8Array(payload);
  if (ArrayBuffer.isView(payload)) return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
  return fail(
    "The payload must be the raw body as it arrived (string, Buffer or Uint8Array), but it was already parsed. Signatures are over " +
      "bytes, which JSON.stringify does not restore. Express: app.post(path, express.raw({ type: 'application/json' }), handler). " +
      "Next App Router: await request.text(). Next Pages: export const config = { api: { bodyParser: false } } and readRawBody(req).",
  );
}

interface Secret {
  text: string;
  bytes: Uint8Array;
}

function readSecrets(secrets: string | readonly string[] | undefined): Secret[] {
  const texts = typeof secrets === "string" ? [secrets] : (secrets ?? []);
  if (texts.length === 0) fail("No webhook secret was given; it was shown when the endpoint was registered.");
  return texts.map((given) => {
    const text = given.trim();
    if (/^(pk|sk)_/.test(text)) fail("This is an API key, not a webhook secret. The secret begins with whsec_ and was shown when the endpoint was registered.");
    const bytes = text.startsWith(SECRET_PREFIX) ? fromBase64(text.slice(SECRET_PREFIX.length)) : undefined;
    if (bytes === undefined || bytes.length < 24 || bytes.length > 64) fail("A webhook secret is whsec_ followed by base64 of 24 to 64 bytes; copy it again, whole.");
    return { text, bytes };
  });
}

async function hmac(key: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  const imported = await subtle.importKey("raw", concatBytes(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", imported, concatBytes(message)));
}

async function matchesAny(secrets: Secret[], key: (secret: Secret) => Uint8Array, message: Uint8Array, given: Uint8Array[]): Promise<boolean> {
  let matches = false;
  for (const secret of secrets) {
    const expected = await hmac(key(secret), message);
    for (const signature of given) matches = equalBytes(expected, signature) || matches;
  }
  return matches;
}

/**
 * Checks the signature of an event and returns it.
 *
 * `payload` is the raw body, `headers` are the request's headers, `secrets` one secret or, while you rotate, several. The Standard
 * Webhooks headers are preferred: they cover identifier, time and body. Throws {@link PassidError} `webhook_signature` with a message
 * that says what to do; answer 400 then.
 */
export async function verifyWebhookSignature(
  payload: string | ArrayBuffer | ArrayBufferView,
  headers: WebhookHeaders,
  secrets: string | readonly string[] | undefined,
  options: WebhookOptions = {},
): Promise<VerifiedWebhook> {
  const body = readBody(payload);
  const keys = readSecrets(secrets);
  const standard = readHeader(headers, "webhook-signature");
  if (standard !== undefined) {
    const id = await verifyStandard(body, headers, standard, keys, options);
    return { ...readEvent(body, id), scheme: "standard" };
  }
  const legacy = readHeader(headers, "x-passid-signature");
  if (legacy === undefined) fail("The request has no webhook-signature header: it is not from PASSID, or something on the way removed the header.");
  if (options.allowLegacySignature !== true) {
    fail("The request has X-PASSID-Signature but no webhook-signature: its age cannot be checked. Let the webhook-* headers through, or set allowLegacySignature and refuse repeated event ids.");
  }
  const given = /^sha256=([0-9a-f]{64})$/i.exec(legacy.trim())?.[1];
  const bytes = given === undefined ? undefined : fromHex(given);
  if (bytes === undefined) fail("X-PASSID-Signature is not of the form sha256=<64 hexadecimal digits>.");
  // Keyed with the secret's text, as createHmac("sha256", secret) does.
  if (!(await matchesAny(keys, (secret) => utf8(secret.text), body, [bytes]))) fail(MISMATCH);
  return { ...readEvent(body, undefined), scheme: "legacy" };
}

const MISMATCH =
  "No signature matches. Either the secret belongs to another endpoint or environment, or the body is not what was sent: use the raw " +
  "bytes, before any JSON parser.";

async function verifyStandard(body: Uint8Array, headers: WebhookHeaders, signatures: string, secrets: Secret[], options: WebhookOptions): Promise<string> {
  const id = readHeader(headers, "webhook-id");
  const timestamp = readHeader(headers, "webhook-timestamp");
  if (id === undefined || timestamp === undefined) fail("webhook-id or webhook-timestamp is missing; something on the way removed it.");
  if (!/^\d{1,12}$/.test(timestamp)) fail("webhook-timestamp is not a number of seconds.");
  const difference = Math.floor((options.now ?? Date.now)() / 1_000) - Number(timestamp);
  const tolerance = options.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS;
  if (!(tolerance >= 0 && Number.isFinite(tolerance))) fail("toleranceSeconds must be 0 or more.");
  const given = signatures
    .split(" ")
    .map((entry) => (entry.startsWith("v1,") ? fromBase64(entry.slice(3)) : undefined))
    .filter((bytes) => bytes !== undefined);
  if (given.length === 0) fail("webhook-signature holds no v1 signature.");
  const message = concatBytes(utf8(`${id}.${timestamp}.`), body);
  if (!(await matchesAny(secrets, (secret) => secret.bytes, message, given))) fail(MISMATCH);
  // After the signature, so that the message about clocks is only for events that are PASSID's.
  if (Math.abs(difference) > tolerance) {
    const side = difference > 0 ? "old" : "ahead of your clock";
    fail(`The event is ${Math.abs(difference)} seconds ${side}; at most ${tolerance} are accepted. It is replayed, or a clock is wrong.`);
  }
  return id;
}

function readEvent(body: Uint8Array, id: string | undefined): { event: WebhookEvent; id: string } {
  let event: WebhookEvent;
  try {
    event = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as WebhookEvent;
  } catch {
    return fail("The signed body is not JSON.");
  }
  if (typeof event !== "object" || event === null || typeof event.event !== "string" || typeof event.id !== "string") fail("The signed body is not a PASSID event.");
  if (id !== undefined && event.id !== id) fail("webhook-id names another event than the body.");
  return { event, id: event.id };
}

/** What a test sends to its own handler. */
export interface SignedWebhook {
  body: string;
  headers: Record<"content-type" | "webhook-id" | "webhook-timestamp" | "webhook-signature" | "x-passid-signature", string>;
}

/** Signs an event as PASSID does, with both schemes, for tests of your handler. Several secrets sign as during a rotation. */
export async function signTestWebhook(
  event: WebhookEvent | string,
  secrets: string | readonly string[],
  options: { now?: () => number } = {},
): Promise<SignedWebhook> {
  const body = typeof event === "string" ? event : JSON.stringify(event);
  const id = typeof event === "string" ? String((JSON.parse(event) as { id?: unknown }).id) : event.id;
  const timestamp = String(Math.floor((options.now ?? Date.now)() / 1_000));
  const keys = readSecrets(secrets);
  const message = utf8(`${id}.${timestamp}.${body}`);
  const signatures = await Promise.all(keys.map(async (secret) => `v1,${toBase64(await hmac(secret.bytes, message))}`));
  // The newest secret comes first; the old scheme has room for one signature.
  const legacy = toHex(await hmac(utf8(keys[0]?.text ?? ""), utf8(body)));
  return {
    body,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signatures.join(" "),
      "x-passid-signature": `sha256=${legacy}`,
    },
  };
}
