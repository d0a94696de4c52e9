// A QR code as one SVG path: dark on light in every theme, with the quiet zone the standard asks for (ISO/IEC 18004: 4 modules).

import { type ReactElement, useMemo } from "react";
import { encode } from "uqr";

export function QrCode({ text, label }: { text: string; label: string }): ReactElement {
  const { size, path } = useMemo(() => {
    const { data, size } = encode(text, { ecc: "M", border: 4 });
    let path = "";
    data.forEach((row, y) => {
      for (let x = 0; x < size; x += 1) {
        if (!row[x]) continue;
        const begin = x;
        while (row[x + 1]) x += 1;
        path += `M${begin} ${y}h${x - begin + 1}v1H${begin}z`;
      }
    });
    return { size, path };
  }, [text]);
  return (
    <svg className="passid-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
