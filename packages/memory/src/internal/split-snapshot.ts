import { malformedSnapshot } from './capture-snapshot.ts'
import { Slices } from './slice.ts'

/** A snapshot without its turns, and the turns, so that each can be parsed separately. */
export interface SplitSnapshot {
  /** The JSON of the snapshot with an empty array in place of the turns. */
  readonly envelope: Uint8Array
  /** The JSON of each turn. */
  readonly turns: readonly Uint8Array[]
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const SPACES: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d])
const TURNS = new TextEncoder().encode('"turns"')

/** The size of a slice, in bytes; see {@link Slices}. */
const SLICE_BYTES = 512 * 1024

/** More nested brackets than a turn may have. */
const MAX_DEPTH = 256

/**
 * More brackets and commas than a snapshot with the largest number of turn ids has outside its
 * turns.
 */
const MAX_ENVELOPE_MARKS = 4_096

/** Fewer bytes than the shortest turn has. */
const MIN_TURN_BYTES = '{"turnId":"1","timestamp":0,"userMessage":"","assistantResponse":""}'.length

/**
 * Splits the turns off a snapshot at its brackets, commas and quotes, a slice at a time. It does
 * not check that the rest is JSON, which the parser does. Parsing 64 MiB at once would block the
 * event loop for most of a second, or for several seconds if the JSON is hostile.
 *
 * @throws `invalid_snapshot` if there is a second list of turns, too deep nesting, too much content
 * outside the turns, or a turn that is too short.
 */
export async function splitSnapshot(bytes: Uint8Array): Promise<SplitSnapshot> {
  const splitter = new Splitter(bytes)
  const slices = new Slices()
  while (splitter.scanSlice()) await slices.rest()
  return splitter.split()
}

class Splitter {
  readonly #bytes: Uint8Array
  readonly #turns: Uint8Array[] = []
  #at = 0
  #depth = 0
  #isInText = false
  /** The positions of the brackets around the turns. */
  #begin: number | undefined
  #end: number | undefined
  #turnBegin = 0
  #envelopeMarks = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Scans a slice, and returns whether there is more. */
  scanSlice(): boolean {
    const bytes = this.#bytes
    const end = Math.min(this.#at + SLICE_BYTES, bytes.length)
    for (; this.#at < end; this.#at += 1) {
      const byte = bytes[this.#at]
      if (this.#isInText) {
        if (byte === BACKSLASH) this.#at += 1
        else if (byte === QUOTE) this.#isInText = false
      } else if (byte === QUOTE) this.#beginText()
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#openBracket()
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.#closeBracket()
      else if (byte === COMMA) this.#comma()
    }
    return this.#at < bytes.length
  }

  /** Returns the result, once all is scanned. */
  split(): SplitSnapshot {
    if (this.#begin === undefined) return { envelope: this.#bytes, turns: [] }
    if (this.#end === undefined) throw malformedSnapshot()
    const head = this.#bytes.subarray(0, this.#begin + 1)
    return {
      envelope: Buffer.concat([head, this.#bytes.subarray(this.#end)]),
      turns: this.#turns,
    }
  }

  get #isBetweenTurns(): boolean {
    return this.#isAmongTurns && this.#depth === 2
  }

  get #isAmongTurns(): boolean {
    return this.#begin !== undefined && this.#end === undefined
  }

  #openBracket(): void {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw malformedSnapshot()
    this.#countMark()
  }

  #comma(): void {
    if (this.#isBetweenTurns) this.#endTurn()
    this.#countMark()
  }

  #countMark(): void {
    if (this.#isAmongTurns) return
    this.#envelopeMarks += 1
    if (this.#envelopeMarks > MAX_ENVELOPE_MARKS) throw malformedSnapshot()
  }

  #beginText(): void {
    const begin = this.#depth === 1 ? this.#beginOfTurns() : undefined
    if (begin === undefined) {
      this.#isInText = true
      return
    }
    if (this.#begin !== undefined) throw malformedSnapshot()
    this.#begin = begin
    this.#turnBegin = begin + 1
    this.#depth = 2
    this.#at = begin
  }

  /**
   * Returns the position of the bracket if the name of the turns begins here and an array follows
   * it.
   */
  #beginOfTurns(): number | undefined {
    if (TURNS.some((byte, index) => this.#bytes[this.#at + index] !== byte)) return undefined
    const colon = this.#skipSpaces(this.#at + TURNS.length)
    if (this.#bytes[colon] !== COLON) return undefined
    const bracket = this.#skipSpaces(colon + 1)
    return this.#bytes[bracket] === OPEN_ARRAY ? bracket : undefined
  }

  #skipSpaces(from: number): number {
    let at = from
    while (SPACES.has(this.#bytes[at])) at += 1
    return at
  }

  #closeBracket(): void {
    if (this.#isBetweenTurns) {
      const isEmpty = this.#turns.length === 0 && this.#skipSpaces(this.#turnBegin) === this.#at
      if (!isEmpty) this.#endTurn()
      this.#end = this.#at
    }
    this.#depth -= 1
  }

  #endTurn(): void {
    if (this.#at - this.#turnBegin < MIN_TURN_BYTES) throw malformedSnapshot()
    this.#turns.push(this.#bytes.subarray(this.#turnBegin, this.#at))
    this.#turnBegin = this.#at + 1
  }
}
