/** exp and log from + − × ÷ and integers only, because the built-in ones differ in the last bit between JavaScript engines and a simulated run must give the same bytes everywhere. */

const ln2Hi = 0.6931471803691238;
const ln2Lo = 1.9082149292705877e-10;
/** Natural logarithm of 2. */
export const ln2 = Math.LN2;

/** e to the power `x`; relative error below 1e-14. Gives 0 below −745 and Infinity above 709.78. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019411) return 0;
  const k = Math.floor(x / ln2 + 0.5);
  const r = x - k * ln2Hi - k * ln2Lo;
  let term = 1;
  let sum = 1;
  for (let i = 1; i <= 16; i++) {
    term = (term * r) / i;
    sum += term;
  }
  return scale(sum, k);
}

/** Natural logarithm of `x`; relative error below 1e-14. Gives −Infinity at 0 and NaN below. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  let mantissa = x;
  let k = 0;
  while (mantissa > Math.SQRT2) {
    mantissa /= 2;
    k++;
  }
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    k--;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let term = s;
  let sum = 0;
  for (let i = 1; i <= 31; i += 2) {
    sum += term / i;
    term *= square;
  }
  return 2 * sum + k * ln2Lo + k * ln2Hi;
}

function scale(value: number, k: number): number {
  let result = value;
  let left = k;
  while (left > 1000) {
    result *= powerOfTwo(1000);
    left -= 1000;
  }
  while (left < -1000) {
    result *= powerOfTwo(-1000);
    left += 1000;
  }
  return result * powerOfTwo(left);
}

/** 2 to an integer power in −1000..1000, exact: powers of two lose no bits when multiplied. */
function powerOfTwo(k: number): number {
  let result = 1;
  let base = k < 0 ? 0.5 : 2;
  for (let left = Math.abs(k); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= base;
    base *= base;
  }
  return result;
}
