import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { InspectedContent, StoredDescription } from '@harborage/core'
import { codeOf } from '@harborage/core/kit'
import type { Entry, StreamInspector } from '@harborage/journal'
import type { SlotInspector, StateRecord } from '@harborage/state'
import { CommandFailure } from '../command-failure.ts'
import type { CommandRun } from '../command.ts'
import { loadPackage } from '../load-package.ts'

/** The adapters whose entry `./inspect` knows what they wrote. */
const adapters = [
  '@harborage/langgraph',
  '@harborage/openai-agents',
  '@harborage/claude-agent-sdk',
  '@harborage/adk',
] as const

/** What the installed adapters know of what they wrote. */
export interface Inspectors {
  /** Returns what a slot of a kind holds, or `undefined` if no adapter wrote it. */
  describe(kind: string): StoredDescription | undefined
  /** Resolves to what a slot says, or to `undefined` if no adapter wrote it. */
  decode(record: StateRecord): Promise<InspectedContent | undefined>
  /** Returns what the entries of a stream are, or `undefined` if no adapter wrote it. */
  describeStream(stream: string): StoredDescription | undefined
  /** Resolves to what an entry says, or to `undefined` if no adapter wrote it. */
  decodeEntry(stream: string, entry: Entry): Promise<InspectedContent | undefined>
}

/**
 * Loads the inspectors of the adapters that are installed beside this package or in the project of
 * the folder. It says which ones cannot be loaded: what they wrote is shown as it is stored.
 */
export async function loadInspectors({
  out,
  streams,
}: Pick<CommandRun, 'out' | 'streams'>): Promise<Inspectors> {
  const modules = await Promise.all(
    adapters.map(async (adapter) => {
      try {
        return await loadInspect(adapter, streams.cwd)
      } catch (error) {
        if (!(error instanceof CommandFailure)) throw error
        out.note(`not decoded: ${error.message}`)
        return undefined
      }
    }),
  )
  const slots = modules.map((each) => propertyOf(each, 'slotInspector')).filter(isSlotInspector)
  const ofStreams = modules
    .map((each) => propertyOf(each, 'streamInspector'))
    .filter(isStreamInspector)
  const ofKind = (kind: string): SlotInspector | undefined =>
    slots.find((each) => each.describe(kind) !== undefined)
  const ofStream = (stream: string): StreamInspector | undefined =>
    ofStreams.find((each) => each.describe(stream) !== undefined)
  return {
    describe: (kind) => ofKind(kind)?.describe(kind),
    decode: async (record) => ofKind(record.kind)?.decode(record),
    describeStream: (stream) => ofStream(stream)?.describe(stream),
    decodeEntry: async (stream, entry) => ofStream(stream)?.decode(stream, entry),
  }
}

/** Loads the entry `./inspect` of an adapter, or resolves to `undefined` if it is not installed. */
async function loadInspect(adapter: string, folder: string): Promise<unknown> {
  for (const from of [import.meta.url, pathToFileURL(join(folder, 'package.json'))]) {
    const entry = `${adapter}/inspect`
    const path = resolved(entry, from)
    if (path !== undefined) return loadPackage(entry, () => import(pathToFileURL(path).href))
  }
  return undefined
}

const notInstalled = ['MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED']

function resolved(entry: string, from: string | URL): string | undefined {
  try {
    return createRequire(from).resolve(entry)
  } catch (error) {
    if (notInstalled.includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function isSlotInspector(value: unknown): value is SlotInspector {
  return isInspector(value)
}

function isStreamInspector(value: unknown): value is StreamInspector {
  return isInspector(value)
}

function isInspector(value: unknown): boolean {
  return (['describe', 'decode'] as const).every(
    (method) => typeof propertyOf(value, method) === 'function',
  )
}
