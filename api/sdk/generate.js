// The SDKs' wire types, from the API's own document: `npm run generate` writes them, a test fails when they have drifted.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import openapiTS, { astToString } from "openapi-typescript";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Where each SDK's types are, and the schemas it speaks of; what those refer to comes along. */
export const targets = {
  node: {
    file: here("node/src/generated.ts"),
    schemas: [
      "Claims", "CreateSession", "DenyReason", "EventKind", "EvidenceBundle", "FieldError", "OutcomeRecorded", "Package", "PackageRequest", "Predicate", "Problem",
      "ProblemCode", "PublicKey", "ReportOutcome", "SessionCreated", "SessionView", "VerificationSummary", "VerificationSummaryPage", "VerifyRequest", "VerifyResponse",
    ],
  },
  react: { file: here("react/src/core/generated.ts"), schemas: ["Claims", "PermissionSet", "Predicate"] },
};

/** The schemas of these names and all they refer to, by name. */
function reachable(all, names) {
  const found = new Set();
  const visit = (name) => {
    if (found.has(name)) return;
    if (all[name] === undefined) throw new Error(`api/openapi.json has no schema ${name}`);
    found.add(name);
    for (const [, next] of JSON.stringify(all[name]).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) visit(next);
  };
  names.forEach(visit);
  return Object.fromEntries([...found].sort().map((name) => [name, all[name]]));
}

/** The text of an SDK's types. */
export async function generate(sdk) {
  const document = JSON.parse(await readFile(here("../openapi.json"), "utf8"));
  const { openapi, info, components } = document;
  const part = { openapi, info, paths: {}, components: { schemas: reachable(components.schemas, targets[sdk].schemas) } };
  const types = astToString(await openapiTS(part, { rootTypes: true, rootTypesNoSchemaPrefix: true }));
  // What stands around the schemas speaks of nothing that an SDK has.
  const kept = types.replace(/^export type (paths|webhooks|operations|\$defs) = .*;\n/gm, "");
  return `// Made from api/openapi.json by \`npm run generate\`. Do not edit.\n\n${kept}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, { file }] of Object.entries(targets)) await writeFile(file, await generate(name));
}
