/** The place of the four vectors of sums in the memory of the module. */
export const STATE_BYTES = 64

/** The place of the two results, behind the sums. */
export const RESULT_AT: number = STATE_BYTES

/** The place of the content, and the largest piece of it. A multiple of the size of a vector. */
export const PIECE_AT = 128
export const PIECE_BYTES: number = 64 * 1024

const PAGES = 2
const END = 0x0b
const I32 = 0x7f
const V128 = 0x7b

/** The parameters and variables of the function: two addresses, then vectors. */
const from = [0x20, 0]
const to = [0x20, 1]
const words = 2
const sums = { low: 3, high: 4 }
const sumsOfSums = { low: 5, high: 6 }
const vectors = 5

/**
 * Returns a WebAssembly module with the function `add(from, to)`, which adds the 32-bit words of
 * the memory from one address to another, a multiple of 16 bytes above, to the sums.
 *
 * It keeps four sums, one for each word of a vector, and four sums of these sums. At its end it
 * joins them to the results that {@link checksumOf} defines: with the word `4j + l` of `4m` words
 * in lane `l`, its weight is `4m - (4j + l) = 4(m - j) - l`, where `m - j` is the weight in the
 * lane.
 */
export function checksumModule(): Uint8Array<ArrayBuffer> {
  const places = [sums.low, sums.high, sumsOfSums.low, sumsOfSums.high]
  const code = [
    ...places.flatMap((variable, place) => [
      ...i32(place * 16),
      ...vector(0x00, 4, 0),
      ...set(variable),
    ]),
    ...loop([
      ...from,
      ...vector(0x00, 4, 0),
      ...set(words),
      ...addTo(sums.low, [...get(words), ...vector(EXTEND_LOW)]),
      ...addTo(sumsOfSums.low, get(sums.low)),
      ...addTo(sums.high, [...get(words), ...vector(EXTEND_HIGH)]),
      ...addTo(sumsOfSums.high, get(sums.high)),
    ]),
    ...places.flatMap((variable, place) => [
      ...i32(place * 16),
      ...get(variable),
      ...vector(0x0b, 4, 0),
    ]),
    ...result(0, [...get(sums.low), ...get(sums.high), ...vector(ADD)]),
    ...result(8, [
      ...get(sumsOfSums.low),
      ...get(sumsOfSums.high),
      ...vector(ADD),
      ...i32(2),
      ...vector(SHIFT_LEFT),
      ...get(sums.low),
      ...lanes(0, 1),
      ...vector(MULTIPLY),
      ...get(sums.high),
      ...lanes(2, 3),
      ...vector(MULTIPLY),
      ...vector(ADD),
      ...vector(SUBTRACT),
    ]),
    END,
  ]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, I32, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 1, PAGES, PAGES]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('add'), 0, 0]),
    ...section(10, [1, ...sized([1, vectors, V128, ...code])]),
  ])
}

/** Operations on two 64-bit lanes, and those that widen 32-bit lanes to them. */
const EXTEND_LOW = 0xc9
const EXTEND_HIGH = 0xca
const SHIFT_LEFT = 0xcb
const ADD = 0xce
const SUBTRACT = 0xd1
const MULTIPLY = 0xd5
const EXTRACT_LANE = 0x1d

const get = (variable: number): number[] => [0x20, variable]
const set = (variable: number): number[] => [0x21, variable]
const i32 = (value: number): number[] => [0x41, ...signed(value)]
const vector = (operation: number, ...rest: number[]): number[] => [
  0xfd,
  ...unsigned(operation),
  ...rest,
]

function addTo(variable: number, value: readonly number[]): number[] {
  return [...get(variable), ...value, ...vector(ADD), ...set(variable)]
}

/** Returns a constant of two 64-bit lanes. */
function lanes(low: number, high: number): number[] {
  const bytes = new Uint8Array(16)
  bytes[0] = low
  bytes[8] = high
  return vector(0x0c, ...bytes)
}

/** Repeats the code for each 16 bytes, at least once. */
function loop(code: readonly number[]): number[] {
  const next = [...from, ...i32(16), 0x6a, 0x22, 0]
  return [0x03, 0x40, ...code, ...next, ...to, 0x49, 0x0d, 0, END]
}

/** Stores the sum of both lanes of a value. */
function result(offset: number, value: readonly number[]): number[] {
  const lane = (index: number): number[] => [...get(words), ...vector(EXTRACT_LANE, index)]
  const stored = [...i32(RESULT_AT + offset), ...lane(0), ...lane(1), 0x7c, 0x37, 3, 0]
  return [...value, ...set(words), ...stored]
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)]
}

function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content]
}

function name(text: string): number[] {
  return sized([...Buffer.from(text)])
}

/** Encodes a number in the variable length of WebAssembly (LEB128). */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

/** Encodes a number that is not negative as a signed one. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)]
}
