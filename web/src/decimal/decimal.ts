/* Exact decimals. Prices, quantities and money are whole numbers of 10^-8 in a bigint; text becomes
 * units in `parse` and returns in `print`. No float takes part. */

export type Units = bigint;

export const SCALE = 8;
export const ONE: Units = 100_000_000n;
const TEXT_MAX = 40;

/* Digits with at most one point and at most 8 decimals; anything else is null. */
export function parse(text: string): Units | null {
  const found = /^(\d+)(?:\.(\d*))?$|^\.(\d+)$/.exec(text.trim());
  if (!found || text.length > TEXT_MAX) return null;
  const decimals = found[2] ?? found[3] ?? '';
  if (decimals.length > SCALE && /[^0]/.test(decimals.slice(SCALE))) return null;
  return BigInt((found[1] ?? '0') + decimals.slice(0, SCALE).padEnd(SCALE, '0'));
}

/* For numbers of the API, which are always well formed: a broken one counts as zero. */
export function units(text: string): Units {
  return parse(text) ?? 0n;
}

/* A signed text of the API, such as a balance's change. */
export function signedUnits(text: string): Units {
  return text.startsWith('-') ? -units(text.slice(1)) : units(text);
}

/* With exactly `decimals` decimals (cut, not rounded), or as few as needed. */
export function print(value: Units, decimals?: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(SCALE + 1, '0');
  const whole = digits.slice(0, -SCALE);
  let rest = digits.slice(-SCALE);
  rest = decimals === undefined ? rest.replace(/0+$/, '') : rest.slice(0, decimals);
  return sign + (rest ? `${whole}.${rest}` : whole);
}

/* How many decimals a step such as 0.01000000 has: 2. */
export function decimalsOf(step: Units): number {
  if (step <= 0n) return SCALE;
  let decimals = SCALE;
  for (let rest = step; decimals > 0 && rest % 10n === 0n; rest /= 10n) decimals -= 1;
  return decimals;
}

export function floorTo(value: Units, step: Units): Units {
  return step > 0n ? value - (value % step) : value;
}

export function ceilTo(value: Units, step: Units): Units {
  return step > 0n ? floorTo(value + step - 1n, step) : value;
}

export function multiply(a: Units, b: Units): Units {
  return (a * b) / ONE;
}

export function divide(a: Units, b: Units): Units {
  return b === 0n ? 0n : (a * ONE) / b;
}

/* `value` times `percent` hundredths. */
export function portion(value: Units, percent: number): Units {
  return (value * BigInt(percent)) / 100n;
}

export function min(a: Units, b: Units): Units {
  return a < b ? a : b;
}

export function max(a: Units, b: Units): Units {
  return a > b ? a : b;
}

/* (to - from) / from in hundredths of a percent, rounded towards zero; null without a beginning. */
export function changeBasis(from: Units, to: Units): number | null {
  return from === 0n ? null : Number(((to - from) * 10_000n) / from);
}

/* For drawing only: pixels and chart libraries want floats. */
export function forDrawing(value: Units): number {
  return Number(value) / 1e8;
}
