// Compressed points of BN254 (arkworks' form: little-endian x, sign of y and identity in the top two bits) as snarkjs reads points.

/** Base field of BN254. */
const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
/** Order of both groups. */
export const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** A bundle that cannot be read. */
export class MalformedPoint extends Error {
  override readonly name = "MalformedPoint";
}

const mod = (value: bigint): bigint => ((value % P) + P) % P;

function pow(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

const inverse = (value: bigint): bigint => pow(value, P - 2n);

/** P is 3 modulo 4, so a root is a power. */
function sqrt(value: bigint): bigint | undefined {
  const root = pow(value, (P + 1n) / 4n);
  return mod(root * root) === mod(value) ? root : undefined;
}

type Pair = readonly [bigint, bigint];

const multiply = ([a, b]: Pair, [c, d]: Pair): Pair => [mod(a * c - b * d), mod(a * d + b * c)];

/** Root in F_p[i] by the norm ("complex method"; Adj and Rodríguez-Henríquez, IACR ePrint 2012/685, algorithm 8). */
function sqrtPair([a, b]: Pair): Pair | undefined {
  if (b === 0n) {
    const root = sqrt(a);
    if (root !== undefined) return [root, 0n];
    const imaginary = sqrt(mod(-a));
    return imaginary === undefined ? undefined : [0n, imaginary];
  }
  const norm = sqrt(mod(a * a + b * b));
  if (norm === undefined) return undefined;
  const half = inverse(2n);
  for (const sign of [norm, mod(-norm)]) {
    const x = sqrt(mod((a + sign) * half));
    if (x === undefined || x === 0n) continue;
    const root: Pair = [x, mod(b * half * inverse(x))];
    const [c, d] = multiply(root, root);
    if (c === mod(a) && d === mod(b)) return root;
  }
  return undefined;
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(bytes[index] ?? 0);
  return value;
}

/** Top bit: y is the larger of the two roots. The bit below it: identity, which no proof contains. */
function readFlags(bytes: Uint8Array): { isLarger: boolean; body: Uint8Array } {
  const top = bytes[bytes.length - 1] ?? 0;
  if ((top & 0x40) !== 0) throw new MalformedPoint("a point of the proof is the identity");
  const body = bytes.slice();
  body[body.length - 1] = top & 0x3f;
  return { isLarger: (top & 0x80) !== 0, body };
}

function readCoordinate(bytes: Uint8Array): bigint {
  const value = littleEndian(bytes);
  if (value >= P) throw new MalformedPoint("a coordinate of the proof is not below the field's modulus");
  return value;
}

function readG1(bytes: Uint8Array): string[] {
  const { isLarger, body } = readFlags(bytes);
  const x = readCoordinate(body);
  const root = sqrt(mod(x * x * x + 3n));
  if (root === undefined) throw new MalformedPoint("a point of the proof is not on its curve");
  const larger = root > P - root ? root : P - root;
  return [x.toString(), (isLarger ? larger : P - larger).toString(), "1"];
}

function readG2(bytes: Uint8Array): string[][] {
  const { isLarger, body } = readFlags(bytes);
  const x: Pair = [readCoordinate(body.slice(0, 32)), readCoordinate(body.slice(32))];
  const cube = multiply(multiply(x, x), x);
  // The twist: y^2 = x^3 + 3 / (9 + i).
  const norm = inverse(82n);
  const twist: Pair = [mod(27n * norm), mod(-3n * norm)];
  const root = sqrtPair([mod(cube[0] + twist[0]), mod(cube[1] + twist[1])]);
  if (root === undefined) throw new MalformedPoint("a point of the proof is not on its curve");
  const other: Pair = [mod(-root[0]), mod(-root[1])];
  // arkworks orders pairs by their second part first.
  const rootIsLarger = root[1] === other[1] ? root[0] > other[0] : root[1] > other[1];
  const y = rootIsLarger === isLarger ? root : other;
  return [x.map(String), y.map(String), ["1", "0"]];
}

/** A proof as snarkjs takes it. */
export interface SnarkjsProof {
  pi_a: string[];
  pi_b: string[][];
  pi_c: string[];
  protocol: "groth16";
  curve: "bn128";
}

/** Reads 128 bytes: a (32), b (64), c (32). Membership in the subgroup is checked by whoever verifies the proof. */
export function readProof(bytes: Uint8Array): SnarkjsProof {
  if (bytes.length !== 128) throw new MalformedPoint("a proof has 128 bytes");
  return { pi_a: readG1(bytes.slice(0, 32)), pi_b: readG2(bytes.slice(32, 96)), pi_c: readG1(bytes.slice(96)), protocol: "groth16", curve: "bn128" };
}
