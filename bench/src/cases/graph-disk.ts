import { stat } from 'node:fs/promises'

import pg from 'pg'

import {
  openHarborageSaver,
  openOfficialSaver,
  type GraphSaver,
} from '../contenders/graph-savers.ts'
import { checkThread, runThread, stubGraph } from '../contenders/stub-graph.ts'
import type { EngineName, Figure, Survey } from '../measure/benchmark.ts'
import { diskLabel, DOCUMENTS } from './graph-documents.ts'

const STEPS = 200
const THREAD = 'thread-1'
const MIB = 2 ** 20

const savers = [
  { ofHarborage: true, open: openHarborageSaver },
  { ofHarborage: false, open: openOfficialSaver },
] as const

/** Measures what a thread takes on the disk, with Harborage's saver and with LangGraph's own. */
export function graphDisk(engine: EngineName): Survey {
  return {
    id: `graph-disk-${engine}`,
    title: `disk after ${STEPS} steps of a graph, ${engine}`,
    measure: async (scene) => {
      const figures: Figure[] = []
      for (const document of DOCUMENTS) {
        for (const { ofHarborage, open } of savers) {
          const value = (await bytesOfThread(engine, await open(engine, scene), document)) / MIB
          figures.push({ label: diskLabel(ofHarborage, document), value, unit: 'MiB' })
        }
      }
      return figures
    },
  }
}

async function bytesOfThread(
  engine: EngineName,
  { checkpointer, place = '', close }: GraphSaver,
  { characters }: (typeof DOCUMENTS)[number],
): Promise<number> {
  try {
    const graph = stubGraph(checkpointer, STEPS)
    await runThread(graph, THREAD, STEPS, textOf(characters))
    await checkThread(graph, THREAD, STEPS)
    if (engine === 'postgres') return await bytesOfTables(place)
  } finally {
    await close()
  }
  // Closing it copies the log into the file.
  return (await stat(place)).size
}

/** Returns a text that cannot be compressed well. */
function textOf(characters: number): string {
  let state = 1
  let text = ''
  while (text.length < characters) {
    state = (state * 48_271) % 2_147_483_647
    text += state.toString(36)
  }
  return text.slice(0, characters)
}

async function bytesOfTables(dsn: string): Promise<number> {
  const client = new pg.Client({ connectionString: dsn })
  await client.connect()
  try {
    const { rows } = await client.query<{ bytes: string }>(
      `select sum(pg_total_relation_size(oid)) as bytes from pg_class
       where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    )
    return Number(rows[0]?.bytes)
  } finally {
    await client.end()
  }
}
