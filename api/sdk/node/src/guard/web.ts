// Requests of the Fetch standard: read the token without using up the body the handler needs.

import type { Guard, GuardDecision } from "./guard.js";

/** The body as an object, read from a copy; undefined when there is none that can hold a token. */
async function readBody(request: Request): Promise<unknown> {
  if (request.body === null || request.bodyUsed) return undefined;
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  try {
    const copy = request.clone();
    if (type === "application/json") return (await copy.json()) as unknown;
    if (type === "application/x-www-form-urlencoded" || type === "multipart/form-data") {
      // Files have names here, not contents: enough to recognise a repeated submission.
      const entries = [...(await copy.formData()).entries()].map(([name, value]) => [name, typeof value === "string" ? value : value.name]);
      return Object.fromEntries(entries) as unknown;
    }
  } catch {
    // Not what its type says: there is no token in it.
    return {};
  }
  return {};
}

export async function decideWeb(guard: Guard<Request>, request: Request): Promise<GuardDecision> {
  const body = guard.readsBody ? await readBody(request) : undefined;
  const route = `${request.method} ${new URL(request.url).pathname}`;
  return guard.decide({ request, route, header: (name) => request.headers.get(name) ?? undefined, body: body ?? {} });
}
