// The institution's server: serves the form, decides about applications, receives events.
import { PASSIDClient, evaluatePolicy, isPassidError, passidMiddleware, verifyWebhookSignature } from "@passidio/node";
import express from "express";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const policy = { requireClaims: ["identity_verified", "income_verified", "sanctions_screening_clear"], maxCredentialAgeHours: 72 };

/** `settings`: `apiKey`, `publishableKey`, `baseUrl`, `webhookSecret`, and `ttlSeconds` for sessions. */
export function loanApplication(settings) {
  const { apiKey, publishableKey, baseUrl, webhookSecret, ttlSeconds } = settings;
  const passid = new PASSIDClient({ apiKey, baseUrl });
  const handled = new Set();
  const applications = [];
  const app = express();
  app.disable("x-powered-by");

  // A page that allows nothing but its own files, and PASSID to talk to.
  app.use((_, response, next) => {
    response.set("Content-Security-Policy", `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ${baseUrl}; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`);
    next();
  });
  app.get("/", (_, response) => response.sendFile("page/index.html", { root: here }));
  app.use(express.static(`${here}public`));
  app.get("/favicon.ico", (_, response) => response.status(204).end());
  app.get("/settings", (_, response) => response.json({ publishableKey, baseUrl, ttlSeconds }));

  // Events need the raw body, so this comes before the JSON parser.
  app.post("/webhooks/passid", express.raw({ type: "application/json" }), async (request, response) => {
    try {
      const { event, id } = await verifyWebhookSignature(request.body, request.headers, webhookSecret());
      if (!handled.has(id)) {
        handled.add(id);
        console.log(`event ${event.event}: ${event.data.verification_id ?? ""}`);
      }
      response.status(200).end();
    } catch (error) {
      response.status(400).send(isPassidError(error) ? error.message : "bad event");
    }
  });

  app.use(express.json());

  // The widget's way: the browser reports an id, PASSID says what it is worth.
  app.post("/applications", async (request, response) => {
    const { full_name, passid_verification } = request.body;
    if (typeof passid_verification !== "string") return response.status(400).json({ message: "Please verify with PASSID first." });
    try {
      const verification = await passid.verifications.get(passid_verification);
      const reasons = verification.credential_valid ? evaluatePolicy(verification, policy) : [{ message: verification.message }];
      if (reasons.length > 0) return response.status(403).json({ message: `We cannot go on: ${reasons.map(({ message }) => message).join(" ")}` });
      applications.push({ full_name, verification_id: verification.verification_id });
      return response.json({ message: `Thank you, ${full_name}. Your income of ${verification.claims.income_band} is verified.` });
    } catch (error) {
      const isUnknown = isPassidError(error) && error.code === "not_found";
      return response.status(isUnknown ? 403 : 503).json({ message: isUnknown ? "This verification is not known." : "Please try again in a moment." });
    }
  });

  // The other way: staff type the code they were told, the server verifies it.
  app.post("/branch/applications", passidMiddleware({ apiKey, baseUrl, policy }), (request, response) => {
    applications.push({ full_name: request.body.full_name });
    response.json({ verified: request.passid.identity_verified, income_band: request.passid.income_band });
  });

  return app;
}
