// The wire types are those of the API's document.

import { readFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

// @ts-expect-error: a tool without types.
import { generate, targets } from "../../generate.js";

describe("the generated types", () => {
  it.each(Object.keys(targets as object))("of @passidio/%s are those of api/openapi.json; run `npm run generate` when not", async (name) => {
    expect(await readFile((targets as Record<string, { file: string }>)[name]?.file ?? "", "utf8")).toBe(await (generate as (name: string) => Promise<string>)(name));
  });
});
