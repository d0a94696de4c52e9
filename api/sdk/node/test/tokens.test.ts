import { expect, it } from "vitest";

import { normaliseToken } from "../src/index.js";

it.each([
  ["ke8v 3txy\u2013z72l", "KE8V-3TXY-Z72L"],
  [" KE8V3TXYZ72L\n", "KE8V-3TXY-Z72L"],
  ["passid ab3x7yqmk9pq3mnx", "PASSID-AB3X-7YQM-K9PQ-3MNX"],
  ["PASSID\u2014AB3X\u20117YQM_K9PQ\u00a03MNX", "PASSID-AB3X-7YQM-K9PQ-3MNX"],
  ["passid-sandbox-tier1aaa", "PASSID-SANDBOX-TIER1AAA"],
  ["PASSID SANDBOX TIER3CCC", "PASSID-SANDBOX-TIER3CCC"],
  ["pid_K3px...", "pid_K3px..."],
  ["AB3X-7YQM", "AB3X-7YQM"],
  ["", ""],
])("%j is %j", (typed, expected) => {
  expect(normaliseToken(typed)).toBe(expected);
});
