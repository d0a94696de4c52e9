import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { StrictMode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { PASSIDVerify, PassidCodeVerification } from "../src/index.js";
import { type FakePassid, KEY, completed, declined, fakePassid } from "./fake.js";

let passid: FakePassid;
const tick = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));
const props = { apiKey: KEY, baseUrl: "https://api.example" };

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  passid = fakePassid();
  vi.stubGlobal("fetch", (input: RequestInfo, init: RequestInit) => passid.fetch(input, init));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const click = (name: RegExp | string) => fireEvent.click(screen.getByRole("button", { name }));

describe("PASSIDVerify", () => {
  it("shows QR, link, code and countdown, then the claims", async () => {
    const onSuccess = vi.fn();
    render(<PASSIDVerify {...props} institutionName="First Bank" onSuccess={onSuccess} name="passid_verification" />);
    expect(screen.getByRole("region", { name: "Verify with PASSID for First Bank" })).toBeTruthy();
    expect(passid.requests).toHaveLength(0);
    click("Show QR code");
    await tick(0);
    expect(screen.getByRole("img", { name: "QR code for your PASSID app" })).toBeTruthy();
    expect(screen.getByRole("link", { name: "Open the PASSID app" }).getAttribute("href")).toMatch(/^passid:\/\/verify-request/);
    expect(screen.getByText("AB3X-7YQM")).toBeTruthy();
    expect(screen.getByRole("timer").textContent).toBe("Expires in 10:00");
    expect(screen.getByRole("textbox", { name: "PASSID share code" })).toBeTruthy();
    await tick(1_000);
    expect(screen.getByRole("timer").textContent).toBe("Expires in 9:59");
    passid.poll = completed;
    await tick(2_500);
    expect(screen.getByText("Score 812, tier A")).toBeTruthy();
    expect(screen.getByText("Income confirmed")).toBeTruthy();
    expect(onSuccess).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ income_verified: true }), expect.objectContaining({ verification_id: "vrf_1" }));
    expect(document.querySelector<HTMLInputElement>('input[name="passid_verification"]')?.value).toBe("vrf_1");
  });

  it("says the time rarely, and every end once, in a polite region", async () => {
    render(<PASSIDVerify {...props} onSuccess={vi.fn()} />);
    const spoken: string[] = [];
    const region = screen.getByRole("status");
    new MutationObserver(() => spoken.push(region.textContent ?? "")).observe(region, { childList: true, characterData: true, subtree: true });
    click("Show QR code");
    await tick(0);
    for (let passed = 0; passed < 606; passed += 6) await tick(6_000);
    expect(spoken.filter((text) => text !== "")).toEqual([
      "Creating verification session…",
      expect.stringContaining("The code expires in 10 minutes."),
      "The code expires in 5 minutes.",
      "The code expires in 1 minute.",
      "The code expires in 30 seconds.",
      "The code has expired.",
    ]);
  });

  it("offers a new code after expiry, focused for those who were in the widget, and it works", async () => {
    const onDecline = vi.fn();
    render(<PASSIDVerify {...props} ttlSeconds={60} onSuccess={vi.fn()} onDecline={onDecline} />);
    screen.getByRole("button", { name: "Show QR code" }).focus();
    click("Show QR code");
    await tick(0);
    await tick(61_000);
    expect(onDecline).toHaveBeenCalledExactlyOnceWith("Request expired", expect.anything());
    expect(screen.queryByRole("alert")).toBeNull();
    const button = screen.getByRole("button", { name: "Generate new code" });
    expect(document.activeElement).toBe(button);
    fireEvent.click(button);
    await tick(0);
    expect(screen.getByRole("timer")).toBeTruthy();
    expect(passid.count("POST", /sessions/)).toBe(2);
  });

  it("does not pull the focus from the host's field", async () => {
    render(<><input aria-label="email" /><PASSIDVerify {...props} autoStart onSuccess={vi.fn()} /></>);
    screen.getByLabelText("email").focus();
    passid.poll = () => declined();
    await tick(0);
    await tick(2_500);
    expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByLabelText("email"));
  });

  it("creates one session under StrictMode, and none when it is gone before it began", async () => {
    const { unmount } = render(<StrictMode><PASSIDVerify {...props} autoStart onSuccess={vi.fn()} /></StrictMode>);
    unmount();
    await tick(1_000);
    expect(passid.count("POST", /sessions/)).toBe(0);
    render(<StrictMode><PASSIDVerify {...props} autoStart onSuccess={vi.fn()} /></StrictMode>);
    await tick(1_000);
    expect(passid.count("POST", /sessions/)).toBe(1);
    expect(screen.getByRole("timer")).toBeTruthy();
  });

  it("calls the callback of the last render, and a new one restarts nothing", async () => {
    const first = vi.fn();
    const second = vi.fn();
    const { rerender } = render(<PASSIDVerify {...props} autoStart onSuccess={first} />);
    await tick(0);
    rerender(<PASSIDVerify {...props} autoStart onSuccess={second} />);
    passid.poll = completed;
    await tick(2_500);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1]);
    expect(passid.count("POST", /sessions/)).toBe(1);
  });

  it("leaves nothing running when it goes", async () => {
    const { unmount } = render(<PASSIDVerify {...props} autoStart onSuccess={vi.fn()} />);
    await tick(0);
    unmount();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("shows an error as an alert with the reference, and lets one try again", async () => {
    passid.create = () => Response.json({ code: "origin_not_allowed", detail: "no" }, { status: 403, headers: { "x-request-id": "rid_7" } });
    render(<PASSIDVerify {...props} onSuccess={vi.fn()} />);
    click("Show QR code");
    await tick(0);
    expect(screen.getByRole("alert").textContent).toContain("rid_7");
    passid.create = fakePassid().create;
    click("Try again");
    await tick(0);
    expect(screen.getByRole("timer")).toBeTruthy();
  });
});

describe("PassidCodeVerification", () => {
  const type = (text: string) => fireEvent.change(screen.getByRole("textbox", { name: "PASSID share code" }), { target: { value: text } });

  it("lives in the host's form: no form of its own, no submission by Enter or buttons, nothing of it in the data", async () => {
    const submitted = vi.fn((event: React.FormEvent) => event.preventDefault());
    const { container } = render(
      <form onSubmit={submitted}>
        <input name="email" defaultValue="a@example.com" />
        <PassidCodeVerification {...props} onVerified={vi.fn()} name="passid_verification" />
      </form>,
    );
    expect(container.querySelectorAll("form")).toHaveLength(1);
    for (const button of container.querySelectorAll("button")) expect(button.type).toBe("button");
    type("KE8V-3TXY-Z72L");
    expect(fireEvent.keyDown(screen.getByRole("textbox", { name: "PASSID share code" }), { key: "Enter" })).toBe(false);
    expect([...new FormData(container.querySelector("form") as HTMLFormElement).keys()]).toEqual(["email"]);
    await tick(0);
    expect(submitted).not.toHaveBeenCalled();
    expect(passid.count("POST", /verify/)).toBe(1);
    expect(new FormData(container.querySelector("form") as HTMLFormElement).get("passid_verification")).toBe("vrf_2");
  });

  it("keeps the field with the reason when a code is refused, and takes the next", async () => {
    const onVerified = vi.fn();
    const verify = passid.verify;
    passid.verify = () => Response.json({ credential_valid: false, verification_id: "vrf_3", deny_reason: "TOKEN_EXPIRED" });
    render(<PassidCodeVerification {...props} onVerified={onVerified} />);
    type("KE8V-3TXY-Z72L");
    click("Verify code");
    await tick(0);
    const field = screen.getByRole("textbox", { name: "PASSID share code" }) as HTMLInputElement;
    expect(field.value).toBe("KE8V-3TXY-Z72L");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    const described = (field.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent).join(" ");
    expect(described).toContain("This code has expired. Make a new share");
    expect(screen.getByRole("status").textContent).toContain("has expired");
    passid.verify = verify;
    type("NG4M-XQRS-T88W");
    click("Verify code");
    await tick(0);
    expect(onVerified).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ method: "code" }));
  });

  it("sends nothing for an empty field, and nothing twice", async () => {
    render(<PassidCodeVerification {...props} onVerified={vi.fn()} />);
    click("Verify code");
    type("KE8V-3TXY-Z72L");
    click("Verify code");
    click("Verify code");
    await tick(0);
    expect(passid.count("POST", /verify/)).toBe(1);
  });
});

describe("several widgets on a page", () => {
  it("keep apart their ids, texts, states", async () => {
    render(
      <>
        <PASSIDVerify {...props} onSuccess={vi.fn()} messages={{ heading: () => "Eins", start: "QR-Code zeigen" }} />
        <PASSIDVerify {...props} onSuccess={vi.fn()} messages={{ heading: () => "اثنان", start: "عرض" }} dir="rtl" />
      </>,
    );
    const first = screen.getByRole("region", { name: "Eins" });
    const second = screen.getByRole("region", { name: "اثنان" });
    expect(second.getAttribute("dir")).toBe("rtl");
    fireEvent.click(within(first).getByRole("button", { name: "QR-Code zeigen" }));
    await tick(0);
    expect(within(first).getByRole("timer")).toBeTruthy();
    expect(within(second).queryByRole("timer")).toBeNull();
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

it("sets the host's colour with a readable one on it", () => {
  const { rerender } = render(<PASSIDVerify {...props} onSuccess={vi.fn()} theme={{ primary: "#123" }} />);
  const style = () => screen.getByRole("region").style;
  expect([style().getPropertyValue("--passid-primary"), style().getPropertyValue("--passid-on-primary")]).toEqual(["#112233", "#ffffff"]);
  rerender(<PASSIDVerify {...props} onSuccess={vi.fn()} theme={{ primary: "red;}" }} />);
  expect(style().getPropertyValue("--passid-primary")).toBe("");
});
