import { resolve } from 'node:path'
import { schemeOf } from '@harborage/core/kit'
import type { Options } from '../arguments/options.ts'
import { wrongUsage } from '../command-failure.ts'
import { printable } from '../output/printable.ts'
import type { Streams } from '../streams.ts'
import {
  CONFIG_FILE,
  readConfigFile,
  type ConfigFile,
  type OnPostgres,
  type WrittenDsn,
  type WrittenPlace,
  type WrittenProfile,
  type WrittenStore,
} from './config-file.ts'
import { storeNames, type Place, type Profile, type StoreName } from './profile.ts'
import { Secret } from './secret.ts'

/** A DSN and the folder from which its relative path is read. */
interface FoundDsn {
  readonly dsn: string
  readonly folder: string
}

/** The place of one store. */
interface StorePlace extends FoundDsn, OnPostgres {
  readonly store: StoreName
}

/**
 * Reads the profile that a command works on. An option is before a variable, and that before the
 * configuration file.
 *
 * @param name The name of the profile. Default: that of `--profile` or `HARBORAGE_PROFILE`, else
 * `default`, or the only one.
 * @throws CommandFailure if it names no place.
 */
export async function readProfile(
  streams: Streams,
  options: Options,
  name: string | undefined,
): Promise<Profile> {
  const { env, cwd } = streams
  const file = await readConfigFile(cwd, options.text('config') ?? env['HARBORAGE_CONFIG'])
  const chosen = chooseProfile(file, name ?? options.text('profile') ?? env['HARBORAGE_PROFILE'])
  const written = chosen?.profile ?? {}
  const folder = file?.folder ?? cwd
  // What names a place is about the one that no argument names.
  const overriding: Overrides =
    name === undefined ? overridesOf(streams, options) : preparedIn(options, env)
  const postgres = (own: OnPostgres = {}): OnPostgres => ({
    schema: own.schema ?? overriding.schema ?? written.schema,
    preparedStatements:
      overriding.preparedStatements ?? own.preparedStatements ?? written.preparedStatements,
  })
  const found = (dsn: WrittenDsn | undefined): FoundDsn | undefined =>
    dsn === undefined ? undefined : { dsn: dsnOf(dsn, env), folder }
  const database = overriding.database ?? found(written.database)
  const places = storeNames.flatMap((store): StorePlace[] => {
    if (store === 'artifacts' && overriding.artifacts !== undefined) {
      return [{ store, ...overriding.artifacts, ...postgres() }]
    }
    const own = ownPlace(written[store])
    if (own === false) return []
    const place = found(own?.database) ?? database
    return place === undefined ? [] : [{ store, ...place, ...postgres(own) }]
  })
  if (places.length === 0) throw noPlace(file)
  return { name: chosen?.name, places: grouped(places) }
}

function chooseProfile(
  file: ConfigFile | undefined,
  wanted: string | undefined,
): { readonly name: string; readonly profile: WrittenProfile } | undefined {
  const names = Object.keys(file?.profiles ?? {})
  const name =
    wanted ?? (names.includes('default') ? 'default' : names.length === 1 ? names[0] : undefined)
  if (name === undefined) {
    if (names.length === 0) return undefined
    throw wrongUsage(
      `the configuration has several profiles and none is called default: choose one with --profile (${names.map(printable).join(', ')})`,
    )
  }
  const profile = names.includes(name) ? file?.profiles[name] : undefined
  if (profile !== undefined) return { name, profile }
  throw wrongUsage(
    names.length === 0
      ? `there is no profile, since there is no ${CONFIG_FILE}: see harborage help profiles`
      : `there is no such profile: it is one of ${names.map(printable).join(', ')}`,
  )
}

interface Overrides extends OnPostgres {
  readonly database?: FoundDsn
  readonly artifacts?: FoundDsn
}

function overridesOf({ env, cwd }: Streams, options: Options): Overrides {
  const dsn = (option: string, variable: string): FoundDsn | undefined => {
    const given = options.text(option)
    if (given !== undefined && hasPassword(given)) {
      throw wrongUsage(
        `--${option} has a password, which other users of this machine can see in the list of processes: put the DSN into ${variable} or the configuration file`,
      )
    }
    const value = given ?? env[variable]
    return value === undefined || value === '' ? undefined : { dsn: value, folder: cwd }
  }
  const database = dsn('database', 'HARBORAGE_DATABASE')
  const artifacts = dsn('artifacts', 'HARBORAGE_ARTIFACTS')
  const schema = options.text('schema') ?? env['HARBORAGE_SCHEMA']
  return {
    ...(database !== undefined && { database }),
    ...(artifacts !== undefined && { artifacts }),
    ...(schema !== undefined && schema !== '' && { schema }),
    ...preparedIn(options, env),
  }
}

function preparedIn(options: Options, env: Streams['env']): Pick<OnPostgres, 'preparedStatements'> {
  if (options.flag('no-prepared-statements')) return { preparedStatements: false }
  const value = env['HARBORAGE_PREPARED_STATEMENTS'] ?? ''
  if (value === '' || value === 'true') return {}
  if (value === 'false') return { preparedStatements: false }
  throw wrongUsage('HARBORAGE_PREPARED_STATEMENTS is neither true nor false: set it to one of them')
}

/** Returns whether a DSN may have a password: text between a colon and an "@". */
function hasPassword(dsn: string): boolean {
  return /^postgres(?:ql)?:/i.test(dsn) && (/\/\/[^/]*:.*@/.test(dsn) || /[?&]password=/i.test(dsn))
}

function ownPlace(written: WrittenStore | undefined): WrittenPlace | false | undefined {
  if (written === undefined || written === false) return written
  if (typeof written === 'object' && 'database' in written) return written
  return { database: written }
}

function dsnOf(written: WrittenDsn, env: Streams['env']): string {
  if (typeof written === 'string') return written
  const value = env[written.env]
  if (value !== undefined && value !== '') return value
  throw wrongUsage(
    `the profile takes a DSN from the variable ${printable(written.env)}, which is not set: set it`,
  )
}

/** Joins the stores that are in one place. */
function grouped(places: readonly StorePlace[]): readonly Place[] {
  const groups = new Map<string, Place>()
  for (const found of places) {
    const { store } = found
    const place = placeAt(found)
    const key = JSON.stringify([place.dsn.reveal(), place.schema, place.preparedStatements])
    const known = groups.get(key)
    groups.set(key, known === undefined ? place : { ...known, stores: [...known.stores, store] })
  }
  return [...groups.values()].map((place, _, all) =>
    all.some((other) => other !== place && other.label === place.label)
      ? { ...place, label: `${place.label} (${place.stores.join(', ')})` }
      : place,
  )
}

function placeAt({ store, dsn, folder, schema, preparedStatements = true }: StorePlace): Place {
  const scheme = schemeOf(dsn)
  // Only Postgres has them: what is meant for another store is not given to this one.
  const other = { schema: undefined, preparedStatements: true, stores: [store] }
  if (scheme === 'postgres' || scheme === 'postgresql') {
    const label = schema === undefined ? 'postgres' : `postgres, schema ${printable(schema)}`
    return { ...other, kind: 'postgres', label, dsn: new Secret(dsn), schema, preparedStatements }
  }
  if (scheme === 'fs') {
    if (store !== 'artifacts') {
      throw wrongUsage(`${store} names a folder, which keeps artifacts only: name a database`)
    }
    const path = resolve(folder, dsn.slice('fs:'.length))
    return {
      ...other,
      kind: 'fs',
      label: `folder ${printable(path)}`,
      dsn: new Secret(`fs:${path}`),
    }
  }
  if (scheme === 'sqlite' || scheme === 'file') {
    const place = absolute(dsn, folder)
    const label = `sqlite ${printable(place.replace(/^(?:sqlite|file):(?:\/\/)?/i, ''))}`
    return { ...other, kind: 'sqlite', label, dsn: new Secret(place) }
  }
  if (scheme === 'memory') {
    throw wrongUsage('memory: keeps nothing that another process could look at: name a database')
  }
  throw wrongUsage(
    `the DSN of ${store} has an unknown scheme: use sqlite:./agent.db, postgres://user@host/name or fs:./artifacts`,
  )
}

/** Returns the DSN of a file whose relative path is read from a folder. */
function absolute(dsn: string, folder: string): string {
  const [, path] = /^(?:sqlite|file):(?!\/)(.+)$/is.exec(dsn) ?? []
  return path === undefined || path === ':memory:' ? dsn : `sqlite:${resolve(folder, path)}`
}

function noPlace(file: ConfigFile | undefined): Error {
  return wrongUsage(
    file === undefined
      ? `it is not said where the stores are: write a ${CONFIG_FILE}, set HARBORAGE_DATABASE, or pass --database sqlite:./agent.db. See harborage help profiles`
      : 'the profile names no place: give it a database. See harborage help profiles',
  )
}
