import { randomBytes } from 'node:crypto'
import { bytesOf } from './text-bytes.ts'

export const MEBIBYTE: number = 1024 * 1024

export type ByteContent = readonly [description: string, content: Uint8Array]

/** Returns bytes of many kinds, each with a description. */
export function byteContents(): readonly ByteContent[] {
  return [
    ['an empty array of bytes', new Uint8Array()],
    ['one zero byte', new Uint8Array(1)],
    ['every value of a byte', Uint8Array.from({ length: 256 }, (_, value) => value)],
    ['a sequence that is not UTF-8', Uint8Array.of(0xc3, 0x28, 0xff, 0xfe, 0x00, 0xed, 0xa0, 0x80)],
    ['text that looks like an escape', bytesOf('\\x00\\000')],
    ['JSON text', bytesOf('{"a":[1,2,{"b":null}]}')],
    ['1 MiB of random bytes', new Uint8Array(randomBytes(MEBIBYTE))],
    ['1 MiB of zeros', new Uint8Array(MEBIBYTE)],
  ]
}
