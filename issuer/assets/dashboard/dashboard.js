// What htmx leaves to the page. Pages work without this file.

const startedByUser = (element) => element.matches("form, a");

// A part of the page that changed is said to those who do not see it, and only when it says something else than before.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (startedByUser(detail.elt)) document.getElementById("said").textContent = "";
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const changed = document.getElementById(detail.target?.id);
  if (changed === null) return;
  // What was said of the act before does not hold for what is shown now.
  document.querySelector("main > .notice")?.remove();
  const said = document.getElementById("said");
  const saying = changed.querySelector("[data-said]")?.textContent.trim() ?? "";
  if (saying !== said.textContent) said.textContent = saying;
  // The link that was followed is gone with what it stood in: the focus goes to what came instead.
  const isLost = document.activeElement === null || document.activeElement === document.body;
  if (!isLost || !startedByUser(detail.requestConfig.elt)) return;
  const place = changed.querySelector("[tabindex]") ?? changed.querySelector("h1");
  if (place === null) return;
  if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
});

// Without a connection the browser does what it would have done alone, and says what is wrong. A form counts once, however often it is sent.
function fallBack({ detail }) {
  if (detail.elt instanceof HTMLFormElement) detail.elt.submit();
  else if (detail.elt instanceof HTMLAnchorElement) location.assign(detail.elt.href);
}
document.addEventListener("htmx:sendError", fallBack);
document.addEventListener("htmx:timeout", fallBack);
