import { defineConfig } from "tsdown";

// One bundle: the directive in the entry stays first in the built file. The QR encoder is bundled, so that nothing else is installed.
export default defineConfig({
  entry: ["src/index.ts"],
  format: ["esm", "cjs"],
  platform: "neutral",
  target: "es2022",
  dts: true,
  fixedExtension: false,
  minify: { mangle: false, compress: true, codegen: false },
  external: ["react", "react-dom", "react/jsx-runtime"],
  deps: { alwaysBundle: ["uqr"] },
});
