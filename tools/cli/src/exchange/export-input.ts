import { constants, createReadStream, open } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { addAbortSignal, type Readable } from 'node:stream'
import { promisify } from 'node:util'
import { codeOf } from '@harborage/core/kit'
import { CommandFailure } from '../command-failure.ts'
import { printable } from '../output/printable.ts'

/** What an export is read from. */
export interface ExportInput {
  /** Whether it is a regular file, which can be read twice. */
  readonly isFile: boolean
  /** Yields its bytes from the beginning. */
  readonly bytes: () => AsyncIterable<Uint8Array>
}

/**
 * Returns the input that a path names: a file, or what is read once, such as a named pipe.
 *
 * @param signal Ends the wait for what is written to a pipe.
 * @throws CommandFailure if it cannot be read.
 */
export async function inputAt(path: string, signal: AbortSignal): Promise<ExportInput> {
  const about = await orUnreadable(path, () => stat(path))
  const isPipe = about.isFIFO()
  const bytes = async function* (): AsyncGenerator<Uint8Array, void> {
    const stream = isPipe
      ? addAbortSignal(signal, await orUnreadable(path, () => openPipe(path)))
      : createReadStream(path)
    try {
      yield* stream
    } catch (error) {
      throw unreadable(path, error)
    }
  }
  return { isFile: about.isFile(), bytes }
}

/**
 * Returns the input of a stream, such as the standard input.
 *
 * @param signal Ends the wait for what is written to it.
 */
export function inputOf(stream: Readable, signal: AbortSignal): ExportInput {
  return {
    isFile: false,
    async *bytes() {
      // Here, where it is read: a stream that fails before that ends the process.
      yield* addAbortSignal(signal, stream)
    },
  }
}

/**
 * Opens a named pipe. It does not wait for a writer, which could not be ended: the socket waits for
 * what is written.
 */
async function openPipe(path: string): Promise<Readable> {
  const { O_RDONLY, O_NONBLOCK } = constants
  const fd = await promisify(open)(path, O_RDONLY | O_NONBLOCK)
  return new Socket({ fd, readable: true, writable: false })
}

async function orUnreadable<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** Returns the failure for an error of the file system, and any other error as it is. */
function unreadable(path: string, error: unknown): unknown {
  const code = codeOf(error) ?? ''
  if (!/^E[A-Z]+$/.test(code)) return error
  return new CommandFailure('failed', `${printable(path)} cannot be read (${code})`)
}
