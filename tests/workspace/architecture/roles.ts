import type { SourceImport } from './source-imports.ts'

/** What a package is for. Each package.json declares it: `"harborage": { "role": "store" }`. */
export const roleNames = [
  'core',
  'store',
  'engine',
  'store driver',
  'layer',
  'suite',
  'bundle',
  'adapter',
  'tool',
  'private',
] as const
export type Role = (typeof roleNames)[number]

export interface RoleRules {
  /** The folders that its packages are in. */
  readonly folders: readonly string[]
  /** What its sources may import of other packages of the workspace. */
  readonly imports: readonly AllowedImport[]
  readonly libraries: AllowedLibraries
}

/** Entries of the packages of a role that may be imported. */
export interface AllowedImport {
  readonly role: Role
  /** Any public entry if it is left out. */
  readonly entries?: readonly string[]
  /** The folder of `src` that may import them; any file if it is left out. */
  readonly from?: string
  /** How they may be imported; in any form if it is left out. */
  readonly kinds?: readonly SourceImport['kind'][]
}

export interface AllowedLibraries {
  /** Where kysely may be imported: a folder of `src`, or every file. */
  readonly kysely?: 'sql' | 'everywhere'
  /** Whether it is for one client library, which no other package imports. */
  readonly client?: 'one' | 'any'
  /** The only other libraries; any if it is left out. */
  readonly only?: readonly string[]
  readonly never?: readonly string[]
  /** Whether the user brings them: other libraries than zod are peer dependencies. */
  readonly asPeers?: boolean
}

const users: AllowedImport = { role: 'core', entries: ['.'] }
const kit: AllowedImport = { role: 'core', entries: ['./kit'] }
const forAdapters: AllowedImport = { role: 'core', entries: ['./adapter'] }
const sql: AllowedImport = { role: 'core', entries: ['./sql'] }
const stores: AllowedImport = { role: 'store', entries: ['.'] }
const published = roleNames.filter((role) => role !== 'private')

const testRunners = ['vitest', 'jest', '@jest/globals', 'mocha', 'chai', 'ava', 'tap', 'bun:test']

/**
 * The table of roles. What it does not allow is a violation, also for a type or a dynamic import.
 */
export const roles: Readonly<Record<Role, RoleRules>> = {
  core: {
    folders: ['packages'],
    imports: [],
    libraries: { kysely: 'sql' },
  },
  store: {
    folders: ['packages'],
    imports: [users, kit, { ...sql, from: 'sql' }],
    libraries: { kysely: 'sql' },
  },
  engine: {
    folders: ['packages'],
    imports: [users, kit, sql],
    libraries: { kysely: 'everywhere', client: 'one', only: ['zod'] },
  },
  'store driver': {
    folders: ['packages'],
    imports: [users, kit, stores],
    libraries: { only: ['zod'] },
  },
  layer: {
    folders: ['packages'],
    imports: [users, kit, { ...stores, kinds: ['type'] }],
    libraries: {},
  },
  suite: {
    folders: ['packages'],
    imports: [users, kit, stores, { ...sql, from: 'engine' }],
    libraries: { never: testRunners },
  },
  bundle: {
    folders: ['packages'],
    imports: [
      users,
      stores,
      { role: 'engine', entries: ['.'], kinds: ['dynamic'] },
      // Its command loads that of the tool, if that is installed.
      { role: 'tool', entries: ['.'], kinds: ['dynamic'] },
    ],
    libraries: {},
  },
  adapter: {
    folders: ['adapters'],
    imports: [users, forAdapters, stores, { role: 'bundle', entries: ['.'] }],
    libraries: { asPeers: true },
  },
  tool: {
    folders: ['tools'],
    imports: published.filter((role) => role !== 'tool').map((role) => ({ role })),
    libraries: { kysely: 'everywhere', client: 'any' },
  },
  private: {
    folders: ['tests', 'examples', 'bench'],
    imports: roleNames.filter((role) => role !== 'tool').map((role) => ({ role })),
    libraries: { kysely: 'everywhere', client: 'any' },
  },
}
