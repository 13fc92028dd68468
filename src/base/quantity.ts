/** Kubernetes quantities (`100m`, `1Gi`, `2e3`) as numbers. Apart because node labels, requests, limits and metric targets all speak it. */

/** Suffix → factor, as in k8s.io/apimachinery pkg/api/resource/suffix.go. */
const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
  Ei: 1024 ** 6,
};

const shape = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([a-zA-Z]*))$/;

/** A quantity in its base unit (cores, bytes, or plain), or undefined when the text is none. A number is taken as it is. */
export function parseQuantity(quantity: string | number): number | undefined {
  if (typeof quantity === 'number') return Number.isFinite(quantity) ? quantity : undefined;
  const match = shape.exec(quantity.trim());
  if (match === null) return undefined;
  const [, digits = '', exponent, suffix = ''] = match;
  const factor = Object.hasOwn(factors, suffix) ? factors[suffix] : undefined;
  if (exponent !== undefined) return Number(`${digits}${exponent}`);
  return factor === undefined ? undefined : scaled(Number(digits), factor);
}

/** Dividing by a whole number keeps `100m` at 0.1, which multiplying by 0.001 does not promise. */
function scaled(value: number, factor: number): number {
  return factor < 1 ? value / Math.round(1 / factor) : value * factor;
}

/** Bytes as MiB. */
export function toMiB(bytes: number): number {
  return bytes / 1024 ** 2;
}
