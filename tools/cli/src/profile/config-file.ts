import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { isHarborageError } from '@harborage/core'
import { codeOf, parseConfig } from '@harborage/core/kit'
import { z } from 'zod'
import { wrongUsage } from '../command-failure.ts'
import { printable } from '../output/printable.ts'
import type { StoreName } from './profile.ts'

/** The name of the configuration file. */
export const CONFIG_FILE = 'harborage.config.json'

/** A DSN, or the variable that has it. */
const dsn = z.union([z.string().min(1), z.strictObject({ env: z.string().min(1) })])
const onPostgres = {
  schema: z.string().min(1).exactOptional(),
  preparedStatements: z.boolean().exactOptional(),
}
const ownPlace = z.strictObject({ database: dsn, ...onPostgres })
const store = z.union([dsn, ownPlace, z.literal(false)]).exactOptional()

const profile = z.strictObject({
  database: dsn.exactOptional(),
  ...onPostgres,
  state: store,
  artifacts: store,
  memory: store,
  journal: store,
})

const configFile = z.strictObject({ profiles: z.record(z.string(), profile) })

/** How a database is used if it is on Postgres. */
export interface OnPostgres {
  readonly schema?: string | undefined
  readonly preparedStatements?: boolean | undefined
}

/** A profile as the file has it. */
export interface WrittenProfile
  extends OnPostgres, Readonly<Partial<Record<StoreName, WrittenStore>>> {
  /** The database of all stores that have none of their own. */
  readonly database?: WrittenDsn
}

/** A DSN as the file has it: itself, or the name of the variable that has it. */
export type WrittenDsn = string | { readonly env: string }

/** A place of one store alone, as the file has it. */
export interface WrittenPlace extends OnPostgres {
  readonly database: WrittenDsn
}

/** The place of one store as the file has it; `false` if there is no such store. */
export type WrittenStore = WrittenDsn | WrittenPlace | false

/** A configuration file. */
export interface ConfigFile {
  /** The folder of the file, from which its relative paths are read. */
  readonly folder: string
  readonly profiles: Readonly<Record<string, WrittenProfile>>
}

/**
 * Reads the named configuration file, or the nearest one from a folder upwards. Resolves to
 * `undefined` if none is named and there is none.
 *
 * @throws CommandFailure if it cannot be read or is malformed. The message quotes names of it only.
 */
export async function readConfigFile(
  cwd: string,
  named: string | undefined,
): Promise<ConfigFile | undefined> {
  if (named !== undefined) {
    const path = resolve(cwd, named)
    const text = await textOf(path)
    if (text === undefined) throw wrongUsage(`there is no file ${printable(path)}: see --config`)
    return parsed(path, text)
  }
  let folder = resolve(cwd)
  for (;;) {
    const path = join(folder, CONFIG_FILE)
    const text = await textOf(path)
    if (text !== undefined) return parsed(path, text)
    const above = dirname(folder)
    if (above === folder) return undefined
    folder = above
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = codeOf(error) ?? 'unknown'
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw wrongUsage(`${printable(path)} cannot be read (${code})`)
  }
}

function parsed(path: string, text: string): ConfigFile {
  return { folder: dirname(path), ...checked(path, jsonOf(path, text)) }
}

function checked(path: string, json: unknown): Pick<ConfigFile, 'profiles'> {
  try {
    return parseConfig(configFile, json)
  } catch (error) {
    throw wrongUsage(
      `${printable(path)} is not valid${faultIn(error)}: it needs "profiles", each with some of database, schema, preparedStatements, state, artifacts, memory and journal. See harborage help profiles`,
    )
  }
}

/** Returns what is wrong, in brackets, unless it has what may be a part of a DSN. */
function faultIn(error: unknown): string {
  const message = isHarborageError(error) ? error.message.replace(/^[^:]*: /, '') : ''
  return /^[\w ,.:;"-]{1,200}$/.test(message) ? ` (${message})` : ''
}

/** Parses JSON. The error of the parser would quote the file, which may have a password. */
function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw wrongUsage(`${printable(path)} is no JSON: check its commas and quotes`)
  }
}
