// The host's colour, made readable: text on it is dark or white, whichever contrasts more (WCAG 2.2, 1.4.3).

import { type RefObject, useEffect, useLayoutEffect } from "react";

export interface Theme {
  /** `#rgb` or `#rrggbb`, for buttons and accent; `#00c27a` when left out. */
  primary?: string | undefined;
}

/** Relative luminance (WCAG 2.2, definitions). */
function luminance(hex: string): number {
  const channel = (offset: number): number => {
    const value = Number.parseInt(hex.slice(offset, offset + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

const DARK = "#0b1f17";
const LIGHT = "#ffffff";
const BLACK = "#000000";

/** Contrast ratio of two colours of the form `#rrggbb`, 1 to 21. */
export function contrast(first: string, second: string): number {
  const [high, low] = [luminance(first), luminance(second)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The colour and the text colour on it; undefined for what is no hexadecimal colour. */
export function readPrimary(text: string | undefined): { primary: string; onPrimary: string } | undefined {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text ?? "");
  const primary = short === null ? text : `#${short.slice(1).map((digit) => digit + digit).join("")}`;
  if (primary === undefined || !/^#[0-9a-f]{6}$/i.test(primary)) return undefined;
  // Against black or white one of the two always reaches 4.58, so the last choice never fails (4.5 is demanded).
  const onPrimary = [DARK, LIGHT, BLACK].find((text) => contrast(primary, text) >= 4.5) ?? LIGHT;
  return { primary, onPrimary };
}

const useBrowserLayoutEffect = typeof window === "undefined" ? useEffect : useLayoutEffect;

/** Sets the colours as custom properties. By script, because a style attribute in the markup breaks strict content security policies. */
export function useTheme(root: RefObject<HTMLElement | null>, theme: Theme | undefined): void {
  const primary = theme?.primary;
  useBrowserLayoutEffect(() => {
    const colours = readPrimary(primary);
    if (colours === undefined) return undefined;
    const style = root.current?.style;
    style?.setProperty("--passid-primary", colours.primary);
    style?.setProperty("--passid-on-primary", colours.onPrimary);
    return () => {
      style?.removeProperty("--passid-primary");
      style?.removeProperty("--passid-on-primary");
    };
  }, [root, primary]);
}
