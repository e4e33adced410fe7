import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { readWorkspace, type Workspace } from './workspace.ts'

/** A small workspace that keeps every rule, read after the given files were put over it. */
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

export function manifest(
  name: string,
  content: {
    readonly exports?: Readonly<Record<string, string>>
    readonly dependencies?: readonly string[]
    readonly peerDependencies?: readonly string[]
  } = {},
): string {
  const any = (names: readonly string[] = []): unknown =>
    Object.fromEntries(names.map((dependency) => [dependency, '*']))
  return JSON.stringify({
    name: `@harborage/${name}`,
    exports: content.exports ?? { '.': './src/index.ts' },
    dependencies: any(content.dependencies),
    peerDependencies: any(content.peerDependencies),
  })
}

export function references(...paths: readonly string[]): string {
  return JSON.stringify({ references: paths.map((path) => ({ path })) })
}

const withSql = { '.': './src/index.ts', './sql': './src/sql/index.ts' }

const lawful: Readonly<Record<string, string>> = {
  'packages/core/package.json': manifest('core', {
    exports: withSql,
    dependencies: ['kysely'],
  }),
  'packages/core/tsconfig.json': references(),
  'packages/core/src/index.ts': `export { newEventId } from './event-id.ts'`,
  'packages/core/src/event-id.ts': `export const newEventId = (): string => ''`,
  'packages/core/src/own-class.ts': `
    class Own {}
    export const isOwn = (value: unknown): boolean => value instanceof Own`,
  'packages/core/src/sql/index.ts': `
    import type { Kysely } from 'kysely'
    import { newEventId } from '../event-id.ts'
    export interface Engine { builder: Kysely<unknown>; id: typeof newEventId }`,

  ...store('state'),
  ...store('artifacts'),

  'packages/conformance/package.json': manifest('conformance', {
    exports: { './state': './src/state/index.ts' },
    peerDependencies: ['@harborage/core', '@harborage/state'],
  }),
  'packages/conformance/tsconfig.json': references('../core', '../state'),
  'packages/conformance/src/state/index.ts': `
    import { newEventId } from '@harborage/core'
    import { openStore } from '@harborage/state'
    export const suite = [newEventId, openStore]`,

  ...engine('sqlite', 'better-sqlite3'),
  ...engine('postgres', 'pg'),

  'packages/driver-fs/package.json': manifest('driver-fs', {
    dependencies: ['@harborage/artifacts', '@harborage/core', 'zod'],
  }),
  'packages/driver-fs/tsconfig.json': references('../artifacts', '../core'),
  'packages/driver-fs/src/index.ts': `
    import { openStore } from '@harborage/artifacts'
    import { newEventId } from '@harborage/core'
    import { readFile } from 'node:fs/promises'
    import { z } from 'zod'
    export const driver = [openStore, newEventId, readFile, z]`,

  'tests/package.json': manifest('tests', {
    dependencies: ['@harborage/core', '@harborage/state'],
  }),
  'tests/tsconfig.json': references('../packages/core', '../packages/state'),
  'tests/support/server.ts': `export const server = 1`,
}

function store(name: string): Readonly<Record<string, string>> {
  return {
    [`packages/${name}/package.json`]: manifest(name, {
      exports: withSql,
      dependencies: ['@harborage/core', 'kysely'],
    }),
    [`packages/${name}/tsconfig.json`]: references('../core'),
    [`packages/${name}/src/index.ts`]: `export { openStore } from './open-store.ts'`,
    [`packages/${name}/src/open-store.ts`]: `
      import { newEventId } from '@harborage/core'
      import { readFile } from 'node:fs/promises'
      export const openStore = async () => [newEventId, readFile, await import('./sql/index.ts')]`,
    [`packages/${name}/src/sql/index.ts`]: `
      import type { Engine } from '@harborage/core/sql'
      import { sql } from 'kysely'
      export const openSql = (engine: Engine) => [engine, sql]`,
  }
}

function engine(name: string, client: string): Readonly<Record<string, string>> {
  return {
    [`packages/driver-${name}/package.json`]: manifest(`driver-${name}`, {
      dependencies: ['@harborage/core', 'kysely', client],
    }),
    [`packages/driver-${name}/tsconfig.json`]: references('../core'),
    [`packages/driver-${name}/src/index.ts`]: `
      import { newEventId } from '@harborage/core'
      import type { Engine } from '@harborage/core/sql'
      import { Kysely } from 'kysely'
      import client from '${client}'
      export const engine = [newEventId, Kysely, client] as unknown as Engine`,
  }
}
