/**
 * Measures how Postgres keeps and sends blobs: storage and compression of the column, and the text
 * form in which the bytes travel. Every round runs all variants one after the other and takes the
 * median call of each; what is printed is the median, over the rounds, of how many times as fast
 * that was as the plain default in the same round.
 *
 *     node tests/stores/artifacts/measure/postgres-storage.ts [rounds]
 *
 * HARBORAGE_TEST_POSTGRES names a server to use instead of an embedded one, which has no lz4.
 */
import { randomBytes } from 'node:crypto'

import { Client } from 'pg'

import { startPostgresServer } from '@harborage/test-kit/postgres/start-server'
import { jsonBytes } from './json-bytes.ts'
import { median } from './median.ts'

interface Work {
  readonly content: string
  readonly bytes: () => Buffer
  readonly calls: number
}

const KIB = 1024
const contents = { random: randomBytes, JSON: jsonBytes }
const sizes = [
  { label: '1 KiB', size: KIB, calls: 200 },
  { label: '32 KiB', size: 32 * KIB, calls: 60 },
  { label: '1 MiB', size: KIB * KIB, calls: 8 },
]

/** The first one is what a plain `bytea` column is: compressed with pglz, read as hex. */
const storages: Record<string, string> = {
  'extended pglz': '',
  external: 'alter column bytes set storage external',
}
const forms = {
  hex: { column: 'bytes', parse: (value: unknown) => value },
  base64: {
    column: `encode(bytes, 'base64') as bytes`,
    parse: (value: unknown) => Buffer.from(String(value), 'base64'),
  },
}

const roundCount = Number(process.argv[2] ?? 15)
const named = process.env['HARBORAGE_TEST_POSTGRES']
const server = named === undefined ? await startPostgresServer() : undefined
const client = new Client({ connectionString: named ?? server?.dsn })
await client.connect()
try {
  if (await hasLz4()) storages['extended lz4'] = 'alter column bytes set compression lz4'
  console.log('| content | storage | put | get as hex | get as base64 | size on disk |')
  console.log('| --- | --- | --- | --- | --- | --- |')
  for (const [content, make] of Object.entries(contents)) {
    for (const { label, size, calls } of sizes) {
      await report({ content: `${content}, ${label}`, bytes: () => make(size), calls })
    }
  }
} finally {
  await client.query('drop table if exists blobs')
  await client.end()
  await server?.stop()
}

async function hasLz4(): Promise<boolean> {
  const { rows } = await client.query<{ known: boolean }>(
    `select 'lz4' = any(enumvals) as known from pg_settings where name = 'default_toast_compression'`,
  )
  return rows[0]?.known === true
}

async function report({ content, bytes, calls }: Work): Promise<void> {
  const rounds = new Map<string, number[]>()
  const diskBytes = new Map<string, number>()
  for (let round = 0; round <= roundCount; round += 1) {
    for (const [storage, alter] of Object.entries(storages)) {
      await client.query('drop table if exists blobs')
      await client.query('create table blobs (id integer primary key, bytes bytea not null)')
      if (alter !== '') await client.query(`alter table blobs ${alter}`)
      const blobs = Array.from({ length: calls }, bytes)
      const timed = async (work: string, call: (index: number) => Promise<unknown>) => {
        const times: number[] = []
        for (let index = 0; index < calls; index += 1) {
          const started = performance.now()
          await call(index)
          times.push(performance.now() - started)
        }
        // The first round warms up.
        if (round === 0) return
        const all = rounds.get(`${storage}, ${work}`) ?? []
        rounds.set(`${storage}, ${work}`, [...all, median(times)])
      }
      await timed('put', (index) =>
        client.query({
          name: `put ${storage} ${round} ${content}`,
          text: 'insert into blobs values ($1, $2)',
          values: [index, blobs[index]],
        }),
      )
      for (const [form, { column, parse }] of Object.entries(forms)) {
        await timed(`get ${form}`, async (index) => {
          const { rows } = await client.query<{ bytes: unknown }>({
            name: `get ${form} ${storage} ${round} ${content}`,
            text: `select ${column} from blobs where id = $1`,
            values: [index],
          })
          const read = parse(rows[0]?.bytes)
          if (!(read instanceof Buffer) || read.length !== blobs[index]?.length) {
            throw new Error('the blob came back as something else')
          }
        })
      }
      const { rows } = await client.query<{ size: string }>(
        `select pg_total_relation_size('blobs') as size`,
      )
      diskBytes.set(storage, Number(rows[0]?.size))
    }
  }
  const plain = 'extended pglz'
  for (const storage of Object.keys(storages)) {
    const disk = (diskBytes.get(storage) ?? 0) / (diskBytes.get(plain) ?? 1)
    const columns = [
      ratio(rounds.get(`${plain}, put`), rounds.get(`${storage}, put`)),
      ratio(rounds.get(`${plain}, get hex`), rounds.get(`${storage}, get hex`)),
      ratio(rounds.get(`${plain}, get hex`), rounds.get(`${storage}, get base64`)),
      disk.toFixed(2),
    ]
    console.log(`| ${[content, storage, ...columns].join(' | ')} |`)
  }
}

/** Returns the speed of a variant relative to the plain default. */
function ratio(plain: readonly number[] = [], variant: readonly number[] = []): string {
  return median(plain.map((time, round) => time / (variant[round] ?? Number.NaN))).toFixed(2)
}
