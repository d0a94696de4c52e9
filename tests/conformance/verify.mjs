// npm's jose verifies the issuer's tokens and heads against its published keys, and refuses them altered or of another type.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRemoteJWKSet, jwtVerify } from "jose";

const [url, file] = process.argv.slice(2);
const workspace = JSON.parse(await readFile(file, "utf8"));
const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", url));
const verify = (token, typ, audience) => jwtVerify(token, keys, { issuer: url, typ, audience, algorithms: ["EdDSA"] });
const altered = (token) => {
  const [header, payload, signature] = token.split(".");
  return [header, payload, (signature[0] === "A" ? "B" : "A") + signature.slice(1)].join(".");
};

const token = workspace.access_token;
const { payload } = await verify(token, "at+jwt", "institution");
assert.equal(payload.sub, workspace.institution.id);
await assert.rejects(verify(altered(token), "at+jwt", "institution"));
await assert.rejects(verify(token, "at+jwt", "wallet"));

const environments = ["sandbox", "live"];
for (const environment of environments) {
  const { head } = await (await fetch(`${url}/v1/tree/head?environment=${environment}`)).json();
  const signed = await verify(head, "passid-head+jwt");
  assert.equal(signed.payload.environment, environment);
  await assert.rejects(verify(altered(head), "passid-head+jwt"));
  await assert.rejects(verify(head, "at+jwt"), "a head is no access token");
}
console.log(`jose: the access token and ${environments.length} heads verify; altered ones do not`);
