import { malformed } from './given-snapshot.ts'
import { Slices } from './slice.ts'

/** A snapshot whose turns were split off, so that each can be parsed by itself. */
export interface SplitSnapshot {
  /** The JSON around the turns, of which an empty list is left. */
  readonly envelope: Uint8Array
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

/** How many bytes are looked at before others get their turn of the event loop. */
const SLICE_BYTES = 512 * 1024

/** More brackets than a turn may have within each other. */
const MAX_DEPTH = 256

/** More brackets and commas than there are outside the turns, with as many ids as a snapshot may carry. */
const MAX_ENVELOPE_MARKS = 4_096

/** Fewer bytes than the shortest turn has. */
const MIN_TURN_BYTES = '{"turnId":"1","timestamp":0,"userMessage":"","assistantResponse":""}'.length

/**
 * Splits the turns off a snapshot, by its brackets, commas and quotes and a slice at a time; whether what is between them
 * is JSON is for a parser to say. To parse 64 MiB at once would hold the event loop for most of a second, or for several
 * if they were made for it.
 *
 * @throws `invalid_snapshot` if there are turns twice, or for what no snapshot has: such a depth, so much around the
 * turns, or so short a turn.
 */
export async function splitSnapshot(bytes: Uint8Array): Promise<SplitSnapshot> {
  const splitter = new Splitter(bytes)
  const slices = new Slices()
  while (splitter.goOn()) await slices.rest()
  return splitter.split()
}

class Splitter {
  readonly #bytes: Uint8Array
  readonly #turns: Uint8Array[] = []
  #at = 0
  #depth = 0
  #isInText = false
  /** Where the brackets of the turns are. */
  #begin: number | undefined
  #end: number | undefined
  #turnBegin = 0
  #envelopeMarks = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Looks at a slice, and tells whether there is more. */
  goOn(): boolean {
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
      else if (byte === COMMA) this.#separate()
    }
    return this.#at < bytes.length
  }

  split(): SplitSnapshot {
    if (this.#begin === undefined) return { envelope: this.#bytes, turns: [] }
    if (this.#end === undefined) throw malformed()
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
    if (this.#depth > MAX_DEPTH) throw malformed()
    this.#countMark()
  }

  #separate(): void {
    if (this.#isBetweenTurns) this.#endTurn()
    this.#countMark()
  }

  #countMark(): void {
    if (this.#isAmongTurns) return
    this.#envelopeMarks += 1
    if (this.#envelopeMarks > MAX_ENVELOPE_MARKS) throw malformed()
  }

  #beginText(): void {
    const begin = this.#depth === 1 ? this.#beginOfTurns() : undefined
    if (begin === undefined) {
      this.#isInText = true
      return
    }
    if (this.#begin !== undefined) throw malformed()
    this.#begin = begin
    this.#turnBegin = begin + 1
    this.#depth = 2
    this.#at = begin
  }

  /** Where the bracket is, if what begins here is the name of the turns and a list comes behind it. */
  #beginOfTurns(): number | undefined {
    if (TURNS.some((byte, index) => this.#bytes[this.#at + index] !== byte)) return undefined
    const colon = this.#nextThatIsNoSpace(this.#at + TURNS.length)
    if (this.#bytes[colon] !== COLON) return undefined
    const bracket = this.#nextThatIsNoSpace(colon + 1)
    return this.#bytes[bracket] === OPEN_ARRAY ? bracket : undefined
  }

  #nextThatIsNoSpace(from: number): number {
    let at = from
    while (SPACES.has(this.#bytes[at])) at += 1
    return at
  }

  #closeBracket(): void {
    if (this.#isBetweenTurns) {
      const isEmpty =
        this.#turns.length === 0 && this.#nextThatIsNoSpace(this.#turnBegin) === this.#at
      if (!isEmpty) this.#endTurn()
      this.#end = this.#at
    }
    this.#depth -= 1
  }

  #endTurn(): void {
    if (this.#at - this.#turnBegin < MIN_TURN_BYTES) throw malformed()
    this.#turns.push(this.#bytes.subarray(this.#turnBegin, this.#at))
    this.#turnBegin = this.#at + 1
  }
}
