// What was verified, line by line: for the person to see, not for the host to decide by.

import type { ReactElement } from "react";

import type { VerifiedClaims } from "../core/types.js";
import type { Messages } from "../messages.js";

export function Summary({ claims, messages }: { claims: VerifiedClaims; messages: Messages }): ReactElement {
  const lines = Object.entries(messages.claims).flatMap(([name, label]) => {
    const value = claims[name];
    if (typeof value === "boolean") return [{ name, label, value: value ? messages.yes : messages.no, mark: value }];
    if (typeof value === "string" || typeof value === "number") return [{ name, label, value: String(value), mark: true }];
    return [];
  });
  const score = claims.fsi_score;
  return (
    <>
      {typeof score === "number" && <p className="passid-score">{messages.score(score, claims.tier ?? undefined)}</p>}
      <dl className="passid-claims">
        {lines.map(({ name, label, value, mark }) => (
          <div className="passid-claim" data-holds={mark} key={name}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
