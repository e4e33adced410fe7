import { turnIfHeld } from '@harborage/core/kit'
import { checksumModule, PIECE_AT, PIECE_BYTES, RESULT_AT, STATE_BYTES } from './checksum-module.ts'

/** Up to this size the checksum is computed at once. */
const AT_ONCE_BYTES = 1024 * 1024

/** The size of a vector, to a multiple of which content is filled up with zeros. */
const VECTOR_BYTES = 16

/** What the module exports. */
interface Exports {
  readonly add: (from: number, to: number) => void
  readonly memory: { readonly buffer: ArrayBuffer }
}

/** The part of WebAssembly that is needed here, for which the types of Node.js have no names. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Exports }
}

/** The compiled function, and views of its memory. */
interface Summing extends Pick<Exports, 'add'> {
  readonly memory: Uint8Array
  readonly results: Uint32Array
}

/** Not loaded yet, or not available. */
let summing: Summing | 'unavailable' | undefined

/**
 * Returns the checksum of content, 32 hex digits, for which larger content takes turns of the event
 * loop. Returns `undefined` where the process cannot run WebAssembly, as under `--jitless`.
 *
 * The content is taken as 32-bit little-endian words, filled up with zeros to a multiple of four
 * words. The checksum is their sum, and the sum of the sums after each word, both modulo 2^64. So
 * it differs for certain if at most two of the words changed, and by all odds otherwise. It is not
 * made to resist forgery, as a digest is, and takes a fifth of its time or less.
 */
export function checksumOf(bytes: Uint8Array): Promise<string> | string | undefined {
  summing ??= load()
  if (summing === 'unavailable') return undefined
  if (bytes.byteLength > AT_ONCE_BYTES) return checksumInTurns(summing, bytes)
  summing.memory.fill(0, 0, RESULT_AT + VECTOR_BYTES)
  addPieces(summing, bytes)
  return resultOf(summing)
}

async function checksumInTurns(at: Summing, bytes: Uint8Array): Promise<string> {
  // Between two turns the memory is that of other calls.
  const state = new Uint8Array(STATE_BYTES)
  for (let done = 0; done < bytes.byteLength; done += AT_ONCE_BYTES) {
    const turn = turnIfHeld()
    if (turn !== undefined) await turn
    at.memory.set(state)
    addPieces(at, bytes.subarray(done, done + AT_ONCE_BYTES))
    state.set(at.memory.subarray(0, STATE_BYTES))
  }
  return resultOf(at)
}

function addPieces({ add, memory }: Summing, bytes: Uint8Array): void {
  const size = bytes.byteLength
  for (let done = 0; done < size; done += PIECE_BYTES) {
    const piece = size <= PIECE_BYTES ? bytes : bytes.subarray(done, done + PIECE_BYTES)
    memory.set(piece, PIECE_AT)
    const end = PIECE_AT + piece.byteLength
    const rest = end % VECTOR_BYTES
    const filled = rest === 0 ? end : end + VECTOR_BYTES - rest
    if (filled > end) memory.fill(0, end, filled)
    add(PIECE_AT, filled)
  }
}

function resultOf({ results }: Summing): string {
  let text = ''
  // The high half of each number first.
  for (const place of [1, 0, 3, 2]) text += (results[place] ?? 0).toString(16).padStart(8, '0')
  return text
}

function load(): Summing | 'unavailable' {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(checksumModule()))
    const { buffer } = exports.memory
    return {
      add: exports.add,
      memory: new Uint8Array(buffer),
      results: new Uint32Array(buffer, RESULT_AT, 4),
    }
  } catch {
    // A process without a compiler or without the address space for it, or an old processor.
    return 'unavailable'
  }
}
