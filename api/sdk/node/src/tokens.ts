// Tokens and codes as people type them, in one spelling.

const GROUP = 4;

function grouped(symbols: string): string {
  return symbols.match(new RegExp(`.{1,${GROUP}}`, "g"))?.join("-") ?? symbols;
}

/**
 * The one spelling of a token or code: `ke8v 3txy–z72l` becomes `KE8V-3TXY-Z72L`. What has no known shape is only trimmed and
 * sent as it is: the server resolves it, and says so when it is nothing.
 */
export function normaliseToken(text: string): string {
  const trimmed = text.trim();
  // Space, no-break space, hyphen and its typographic relatives, underscore: what the server ignores, too.
  const symbols = trimmed.replace(/[\s\u00a0\u2010-\u2015\u2212_-]/gu, "").toUpperCase();
  if (!/^[0-9A-Z]+$/.test(symbols)) return trimmed;
  if (symbols.startsWith("PASSIDSANDBOX")) return `PASSID-SANDBOX-${symbols.slice("PASSIDSANDBOX".length)}`;
  if (symbols.startsWith("PASSID") && symbols.length === 22) return `PASSID-${grouped(symbols.slice(6))}`;
  if (symbols.length === 12) return grouped(symbols);
  return trimmed;
}
