import { readFile, statfs } from 'node:fs/promises'
import { availableParallelism, cpus, release, tmpdir, totalmem, type } from 'node:os'

import BetterSqlite3 from 'better-sqlite3'

import type { Machine } from '../report/machine.ts'

const COMPARED = [
  'better-sqlite3',
  'pg',
  'kysely',
  '@langchain/langgraph',
  '@langchain/langgraph-checkpoint-sqlite',
  '@langchain/langgraph-checkpoint-postgres',
  'keyv',
  '@keyv/postgres',
  'unstorage',
  'db0',
] as const

export async function lookAtMachine(
  postgres: Pick<Machine, 'postgres' | 'postgresSettings'>,
): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().split('.', 2).join('.')}`,
    fileSystem: await fileSystem(),
    node: process.versions.node,
    sqlite: sqliteVersion(),
    ...postgres,
    packages: await installedVersions(),
  }
}

function sqliteVersion(): string {
  const memory = new BetterSqlite3(':memory:')
  try {
    return String(memory.prepare('select sqlite_version()').pluck().get())
  } finally {
    memory.close()
  }
}

async function installedVersions(): Promise<Readonly<Record<string, string>>> {
  const versions: Record<string, string> = {}
  for (const name of COMPARED) versions[name] = await installedVersion(name)
  return versions
}

async function installedVersion(name: string): Promise<string> {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string }
  return version
}

/** The magic numbers of file systems that are common for databases. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x9123683e: 'btrfs',
  0x58465342: 'xfs',
  0x01021994: 'tmpfs',
  0x794c7630: 'overlay',
}

async function fileSystem(): Promise<string> {
  const { type: magic } = await statfs(tmpdir())
  return FILE_SYSTEMS[magic] ?? 'unknown'
}
