import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import type { Role } from './roles.ts'
import { readWorkspace, type Workspace } from './workspace.ts'

/** Returns a small workspace that keeps every rule, read after the given files were put over it. */
export function plantedWorkspace(planted: Readonly<Record<string, string>> = {}): Workspace {
  const root = mkdtempSync(join(tmpdir(), 'harborage-planted-'))
  try {
    for (const [path, content] of Object.entries({ ...lawful, ...planted })) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    return readWorkspace(root)
  } finally {
    rmSync(root, { recursive: true })
  }
}

interface ManifestContent {
  readonly exports?: Readonly<Record<string, string>>
  readonly dependencies?: readonly string[]
  readonly devDependencies?: readonly string[]
  readonly peerDependencies?: readonly string[]
  readonly optionalPeers?: readonly string[]
}

/** @param role Any text, or undefined for a package.json that declares none. */
export function manifest(
  name: string,
  role: Role | (string & {}) | undefined,
  content: ManifestContent = {},
): string {
  const { optionalPeers = [] } = content
  const any = (names: readonly string[] = []): unknown =>
    Object.fromEntries(names.map((dependency) => [dependency, '*']))
  return JSON.stringify({
    name: name === 'harborage' ? name : `@harborage/${name}`,
    ...(role === 'private' ? { private: true } : {}),
    exports: content.exports ?? { '.': './src/index.ts' },
    dependencies: any(content.dependencies),
    devDependencies: any(content.devDependencies),
    peerDependencies: any([...(content.peerDependencies ?? []), ...optionalPeers]),
    peerDependenciesMeta: Object.fromEntries(
      optionalPeers.map((peer) => [peer, { optional: true }]),
    ),
    ...(role === undefined ? {} : { harborage: { role } }),
  })
}

export function references(...paths: readonly string[]): string {
  return JSON.stringify({ references: paths.map((path) => ({ path })) })
}

const withSql = { '.': './src/index.ts', './sql': './src/sql/index.ts' }

/** What the root's tsconfig refers to. */
export const allReferences: readonly string[] = [
  ...['core', 'state', 'artifacts', 'conformance', 'driver-sqlite', 'driver-postgres'],
  ...['driver-fs', 'layer-seal', 'harborage'],
]
  .map((name) => `packages/${name}`)
  .concat('packages/core/test', 'adapters/frame', 'tools/cli', 'examples/demo')
  .concat('tests', 'tests/kit')

const lawful: Readonly<Record<string, string>> = {
  'tsconfig.json': references(...allReferences),

  'packages/core/package.json': manifest('core', 'core', {
    exports: {
      ...withSql,
      './adapter': './src/adapter/index.ts',
      './kit': './src/kit/index.ts',
    },
    dependencies: ['kysely'],
    devDependencies: ['@harborage/test-kit'],
  }),
  'packages/core/tsconfig.json': references(),
  'packages/core/test/tsconfig.json': references('..', '../../../tests/kit'),
  'packages/core/test/event-id.test.ts': `import '../src/event-id.ts'`,
  'packages/core/src/index.ts': `export { newEventId } from './event-id.ts'`,
  'packages/core/src/event-id.ts': `export const newEventId = (): string => ''`,
  'packages/core/src/adapter/index.ts': `export { newEventId as bound } from '../event-id.ts'`,
  'packages/core/src/kit/index.ts': `export { newEventId as id } from '../event-id.ts'`,
  'packages/core/src/own-class.ts': `
    class Own {}
    export const isOwn = (value: unknown): boolean => value instanceof Own`,
  'packages/core/src/sql/index.ts': `
    import type { Kysely } from 'kysely'
    import { newEventId } from '../event-id.ts'
    export interface Engine { builder: Kysely<unknown>; id: typeof newEventId }`,

  ...store('state'),
  ...store('artifacts'),

  'packages/conformance/package.json': manifest('conformance', 'suite', {
    exports: { './state': './src/state/index.ts', './engine': './src/engine/index.ts' },
    dependencies: ['fast-check'],
    peerDependencies: ['@harborage/core', '@harborage/state'],
  }),
  'packages/conformance/tsconfig.json': references('../core', '../state'),
  'packages/conformance/src/state/index.ts': `
    import { newEventId } from '@harborage/core'
    import { id } from '@harborage/core/kit'
    import { openStore } from '@harborage/state'
    import fc from 'fast-check'
    export const suite = [newEventId, id, openStore, fc]`,
  'packages/conformance/src/engine/index.ts': `
    import type { Engine } from '@harborage/core/sql'
    export const suite = (engine: Engine) => engine`,

  ...engine('sqlite', 'better-sqlite3'),
  ...engine('postgres', 'pg'),

  'packages/driver-fs/package.json': manifest('driver-fs', 'store driver', {
    dependencies: ['@harborage/artifacts', '@harborage/core', 'zod'],
  }),
  'packages/driver-fs/tsconfig.json': references('../artifacts', '../core'),
  'packages/driver-fs/src/index.ts': `
    import { openStore } from '@harborage/artifacts'
    import { newEventId } from '@harborage/core'
    import { id } from '@harborage/core/kit'
    import { readFile } from 'node:fs/promises'
    import { z } from 'zod'
    export const driver = [openStore, newEventId, id, readFile, z]`,

  'packages/layer-seal/package.json': manifest('layer-seal', 'layer', {
    dependencies: ['@harborage/core', 'some-cipher'],
    peerDependencies: ['@harborage/artifacts'],
  }),
  'packages/layer-seal/tsconfig.json': references('../artifacts', '../core'),
  'packages/layer-seal/src/index.ts': `
    import type { Store } from '@harborage/artifacts'
    import { id } from '@harborage/core/kit'
    import cipher from 'some-cipher'
    export const seal = (driver: Store) => [driver, id, cipher]`,

  'packages/harborage/package.json': manifest('harborage', 'bundle', {
    dependencies: ['@harborage/core', '@harborage/state', '@harborage/driver-sqlite'],
    optionalPeers: ['@harborage/driver-postgres'],
  }),
  'packages/harborage/tsconfig.json': references(
    ...['../core', '../state', '../driver-sqlite', '../driver-postgres'],
  ),
  'packages/harborage/src/index.ts': `
    import { newEventId } from '@harborage/core'
    import { openStore } from '@harborage/state'
    export const open = async () => [
      newEventId, openStore,
      await import('@harborage/driver-sqlite'), await import('@harborage/driver-postgres'),
    ]`,

  'adapters/frame/package.json': manifest('frame', 'adapter', {
    dependencies: ['@harborage/core', '@harborage/state', 'harborage', 'zod'],
    peerDependencies: ['@frame/core'],
  }),
  'adapters/frame/tsconfig.json': references(
    ...['../../packages/core', '../../packages/state', '../../packages/harborage'],
  ),
  'adapters/frame/src/index.ts': `
    import { Saver } from '@frame/core'
    import { newEventId } from '@harborage/core'
    import { bound } from '@harborage/core/adapter'
    import { openStore } from '@harborage/state'
    import { open } from 'harborage'
    import { z } from 'zod'
    export const saver = [Saver, newEventId, bound, openStore, open, z]`,

  'tools/cli/package.json': manifest('cli', 'tool', {
    dependencies: ['@harborage/core', '@harborage/driver-sqlite', '@harborage/frame', 'harborage'],
  }),
  'tools/cli/tsconfig.json': references(
    ...['../../packages/core', '../../packages/driver-sqlite', '../../packages/harborage'],
    '../../adapters/frame',
  ),
  'tools/cli/src/index.ts': `
    import { id } from '@harborage/core/kit'
    import { engine } from '@harborage/driver-sqlite'
    import { saver } from '@harborage/frame'
    import { open } from 'harborage'
    export const cli = [id, engine, saver, open]`,

  'examples/demo/package.json': manifest('example-demo', 'private', {
    dependencies: ['@harborage/core', '@harborage/test-kit', 'pg'],
  }),
  'examples/demo/tsconfig.json': references('../../packages/core', '../../tests/kit'),
  'examples/demo/src/main.ts': `
    import { Engine } from '@harborage/core/sql'
    import { server } from '@harborage/test-kit/server'
    import { Pool } from 'pg'
    export const main = [Engine, server, Pool]`,

  'tests/package.json': manifest('tests', 'private', {
    dependencies: ['@harborage/core', '@harborage/state', '@harborage/test-kit'],
  }),
  'tests/tsconfig.json': references('../packages/core', '../packages/state', 'kit'),

  'tests/kit/package.json': manifest('test-kit', 'private', {
    exports: { './*': './src/*.ts' },
    dependencies: ['@harborage/core'],
  }),
  'tests/kit/tsconfig.json': references('../../packages/core'),
  'tests/kit/src/server.ts': `export const server = 1`,
}

function store(name: string): Readonly<Record<string, string>> {
  return {
    [`packages/${name}/package.json`]: manifest(name, 'store', {
      exports: withSql,
      dependencies: ['@harborage/core', 'kysely'],
    }),
    [`packages/${name}/tsconfig.json`]: references('../core'),
    [`packages/${name}/src/index.ts`]: `export { openStore, type Store } from './open-store.ts'`,
    [`packages/${name}/src/open-store.ts`]: `
      import { newEventId } from '@harborage/core'
      import { id } from '@harborage/core/kit'
      import { readFile } from 'node:fs/promises'
      export interface Store { readonly id: typeof id }
      export const openStore = async () => [newEventId, readFile, await import('./sql/index.ts')]`,
    [`packages/${name}/src/sql/index.ts`]: `
      import type { Engine } from '@harborage/core/sql'
      import { sql } from 'kysely'
      export const openSql = (engine: Engine) => [engine, sql]`,
  }
}

function engine(name: string, client: string): Readonly<Record<string, string>> {
  return {
    [`packages/driver-${name}/package.json`]: manifest(`driver-${name}`, 'engine', {
      dependencies: ['@harborage/core', 'kysely', client],
    }),
    [`packages/driver-${name}/tsconfig.json`]: references('../core'),
    [`packages/driver-${name}/src/index.ts`]: `
      import { newEventId } from '@harborage/core'
      import { id } from '@harborage/core/kit'
      import type { Engine } from '@harborage/core/sql'
      import { Kysely } from 'kysely'
      import client from '${client}'
      export const engine = [newEventId, id, Kysely, client] as unknown as Engine`,
  }
}
