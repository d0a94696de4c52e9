// snarkjs brings no types; the one function used here has its type in evidence.ts.
declare module "snarkjs";
