// Checks deliveries with npm's svix and standardwebhooks: each must be accepted as it arrived, and refused in every changed form.
import { createHmac } from "node:crypto";
import { createInterface } from "node:readline";
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";

const standard = ["webhook-id", "webhook-timestamp", "webhook-signature"];

/** The headers a library reads; svix knows them by its own names too. */
function namesOf(library, headers) {
  const picked = Object.fromEntries(standard.map((name) => [name, headers[name]]));
  return library === Svix ? [picked, Object.fromEntries(standard.map((name) => [name.replace("webhook", "svix"), headers[name]]))] : [picked];
}

function refused(name, verify) {
  try {
    verify();
  } catch {
    return;
  }
  throw new Error(`accepted although it must be refused: ${name}`);
}

let count = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { secret, other_secret, headers, body } = JSON.parse(line);
  for (const Library of [Svix, Standard]) {
    for (const named of namesOf(Library, headers)) {
      // Throws when it does not accept it; what it gives back differs between the two.
      new Library(secret).verify(body, named);
      if (JSON.parse(body).id !== headers["webhook-id"]) throw new Error("another event than its header says");
      const changed = (name, value) => Object.fromEntries(Object.entries(named).map(([key, old]) => [key, key.endsWith(name) ? value : old]));
      refused("another secret", () => new Library(other_secret).verify(body, named));
      refused("another body", () => new Library(secret).verify(`${body} `, named));
      refused("another id", () => new Library(secret).verify(body, changed("-id", "evt_other")));
      refused("an older time", () => new Library(secret).verify(body, changed("-timestamp", String(Number(headers["webhook-timestamp"]) - 301))));
    }
  }
  // The documented signature, as the guide shows it: the newest secret only, so not by the one that is being replaced.
  const hex = createHmac("sha256", secret).update(body).digest("hex");
  if (headers["x-passid-signature"] === `sha256=${hex}`) count += 1;
}
if (count < 5) throw new Error(`only ${count} deliveries carry the documented signature`);
console.log("npm svix and standardwebhooks accept every delivery, and no changed one");
