import { basename } from 'node:path'

import { wholeCalls } from './whole-calls.ts'

/** A change that a process made to the files of a folder. */
export type DiskEvent =
  | { readonly type: 'create' | 'remove' | 'sync' | 'failed sync'; readonly name: string }
  | { readonly type: 'write'; readonly name: string; readonly at: number; readonly bytes: Buffer }
  | { readonly type: 'truncate'; readonly name: string; readonly size: number }
  | { readonly type: 'sync folder' }
  | { readonly type: 'tell'; readonly lines: readonly string[] }

/**
 * The system calls that change files or make changes durable; any that is not understood fails the
 * replay.
 */
export const tracedCalls =
  'openat,pread64,write,pwrite64,writev,pwritev,ftruncate,fallocate,fsync,fdatasync,unlink,rename,link'

/**
 * Reads what `strace -f -yy -xx` wrote.
 *
 * @param folder The folder of the database.
 * @param log The name of the file in it to which the process writes its acknowledgements.
 */
export function parseStrace(text: string, folder: string, log: string): DiskEvent[] {
  const lines = text.split('\n').filter((line) => line !== '' && !/^\d+ +(\+\+\+|---)/.test(line))
  return wholeCalls(lines).flatMap((line) => eventsIn(line, folder, log))
}

const call = /^\d+ +(\w+)\((.*)\) += (-?\d+)(?:<\S*>)?(?: E\w+ \(.*\))?$/
const syncs: readonly string[] = ['fsync', 'fdatasync']
const onFile = /^\d+<([^>]*)>(?:, )?(.*)$/

function eventsIn(line: string, folder: string, log: string): readonly DiskEvent[] {
  const [, name = '', inside = '', result = ''] = call.exec(line) ?? []
  if (name === '') throw new Error(`a line of strace is not understood: ${line.slice(0, 200)}`)
  const hasFailed = result.startsWith('-')
  if (hasFailed && !syncs.includes(name)) return []
  if (name === 'pread64') return []
  if (name === 'openat') return opened(inside, log)
  if (name === 'unlink') return [{ type: 'remove', name: basename(textIn(inside)) }]
  const [, hexPath = '', rest = ''] = onFile.exec(inside) ?? []
  const path = decode(hexPath).toString()
  const file = basename(path)
  switch (name) {
    case 'fsync':
    case 'fdatasync':
      if (path === folder) return hasFailed ? [] : [{ type: 'sync folder' }]
      return [{ type: hasFailed ? 'failed sync' : 'sync', name: file }]
    case 'ftruncate':
      return [{ type: 'truncate', name: file, size: Number(rest) }]
    case 'writev':
      if (file === log) return [{ type: 'tell', lines: textsIn(rest).join('').trim().split('\n') }]
      break
    case 'pwrite64': {
      const bytes = decode(rest).subarray(0, Number(result))
      return [{ type: 'write', name: file, at: Number(rest.split(', ').at(-1)), bytes }]
    }
  }
  throw new Error(`a system call is not understood: ${name} of ${file}`)
}

function opened(inside: string, log: string): readonly DiskEvent[] {
  const name = basename(textIn(inside))
  return inside.includes('O_CREAT') && name !== log ? [{ type: 'create', name }] : []
}

/** Returns the first text between quotes. */
function textIn(inside: string): string {
  return textsIn(inside)[0] ?? ''
}

function textsIn(inside: string): string[] {
  return [...inside.matchAll(/"[^"]*"/g)].map(([text]) => decode(text).toString())
}

function decode(escaped: string): Buffer {
  const hex = /(?:\\x[0-9a-f]{2})+/.exec(escaped)?.[0] ?? ''
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex')
}
