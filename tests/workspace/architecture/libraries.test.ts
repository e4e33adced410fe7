import { checkRules, plantImport } from './check-rules.ts'
import { manifest } from './planted-workspace.ts'
import {
  clientsStayInEngines,
  kyselyStaysInSql,
  librariesFollowRoles,
} from './rules/libraries-follow-roles.ts'
import {
  adaptersHaveAFramework,
  bundlesBringOneEngine,
  clientsComeWithEngines,
  dependenciesFollowRoles,
  driversAreForOne,
} from './rules/manifests-follow-roles.ts'

const core = 'packages/core/src'
const state = 'packages/state/src'
const sqlite = 'packages/driver-sqlite/src'
const fs = 'packages/driver-fs/src'
const layer = 'packages/layer-seal/src'
const conformance = 'packages/conformance/src'
const bundle = 'packages/harborage/src'
const adapter = 'adapters/frame/src'

checkRules([
  {
    name: 'kysely is imported by engines and in the sql folders of core and stores',
    rule: kyselyStaysInSql,
    plants: [
      plantImport('in core', core, `import { sql } from 'kysely'`),
      plantImport('for a type', core, `import type { Kysely } from 'kysely'`),
      plantImport('a part of it', core, `import 'kysely/helpers/sqlite'`),
      plantImport('in a store', state, `await import('kysely')`),
      plantImport('in a store driver', fs, `import type { Kysely } from 'kysely'`),
      plantImport('in a layer', layer, `import type { Kysely } from 'kysely'`),
      plantImport('in a suite', `${conformance}/engine`, `import 'kysely'`),
      plantImport('in a bundle', bundle, `import 'kysely'`),
      plantImport('in an adapter', adapter, `import 'kysely'`),
    ],
  },
  {
    name: 'the client library of an engine is imported by that engine only',
    rule: clientsStayInEngines,
    plants: [
      plantImport('the other client', sqlite, `import type { Pool } from 'pg'`),
      plantImport("in a store's sql", `${state}/sql`, `import type { Pool } from 'pg'`),
      plantImport('later, in core', core, `await import('better-sqlite3')`),
      plantImport('in a store driver', fs, `await import('better-sqlite3')`),
      plantImport('in a layer', layer, `import 'pg'`),
      plantImport('in a suite', conformance, `import 'pg'`),
      plantImport('in a bundle', bundle, `await import('pg')`),
      plantImport('in an adapter', adapter, `import 'pg'`),
    ],
  },
  {
    name: 'a role that is for some libraries imports no other',
    rule: librariesFollowRoles,
    plants: [
      plantImport('in an engine', sqlite, `import 'some-cache'`),
      plantImport('in a store driver', fs, `import 'some-cache'`),
      plantImport('vitest in a suite', conformance, `import type { it } from 'vitest'`),
      plantImport("Node's runner in a suite", conformance, `import { it } from 'node:test'`),
      plantImport('what is no peer, in an adapter', adapter, `import '@frame/other'`),
    ],
  },
  {
    name: 'no package installs another one that its role may not import',
    rule: dependenciesFollowRoles,
    plants: [
      [
        'a driver with a store',
        'packages/state/package.json',
        manifest('state', 'store', {
          dependencies: ['@harborage/core', '@harborage/driver-fs'],
        }),
        'packages/state/package.json depends on @harborage/driver-fs',
      ],
      [
        'an engine with an adapter',
        'adapters/frame/package.json',
        manifest('frame', 'adapter', {
          peerDependencies: ['@frame/core', '@harborage/driver-postgres'],
        }),
        'adapters/frame/package.json depends on @harborage/driver-postgres',
      ],
      [
        'a tool with a bundle',
        'packages/harborage/package.json',
        manifest('harborage', 'bundle', { dependencies: ['@harborage/cli'] }),
        'packages/harborage/package.json depends on @harborage/cli',
      ],
      [
        'the kit of the tests with a store',
        'packages/state/package.json',
        manifest('state', 'store', { dependencies: ['@harborage/core', '@harborage/test-kit'] }),
        'packages/state/package.json depends on @harborage/test-kit',
      ],
    ],
  },
  {
    name: 'no package but its engine depends on a client library',
    rule: clientsComeWithEngines,
    plants: [
      [
        'a store',
        'packages/state/package.json',
        manifest('state', 'store', { dependencies: ['@harborage/core', 'pg'] }),
        'packages/state/package.json depends on pg',
      ],
      [
        'an adapter',
        'adapters/frame/package.json',
        manifest('frame', 'adapter', { peerDependencies: ['@frame/core', 'better-sqlite3'] }),
        'adapters/frame/package.json depends on better-sqlite3',
      ],
    ],
  },
  {
    name: 'an engine is for one client library, and a store driver for one store',
    rule: driversAreForOne,
    plants: [
      [
        'two clients',
        'packages/driver-sqlite/package.json',
        manifest('driver-sqlite', 'engine', { dependencies: ['better-sqlite3', 'libsql'] }),
        'packages/driver-sqlite/package.json depends on better-sqlite3 and libsql',
      ],
      [
        'two stores',
        'packages/driver-fs/package.json',
        manifest('driver-fs', 'store driver', {
          dependencies: ['@harborage/artifacts', '@harborage/state'],
        }),
        'packages/driver-fs/package.json depends on @harborage/artifacts and @harborage/state',
      ],
    ],
  },
  {
    name: 'a bundle depends on driver-sqlite, and has other engines as optional peers',
    rule: bundlesBringOneEngine,
    plants: [
      [
        'no engine',
        'packages/harborage/package.json',
        manifest('harborage', 'bundle', { optionalPeers: ['@harborage/driver-postgres'] }),
        'packages/harborage/package.json does not depend on @harborage/driver-sqlite',
      ],
      [
        'two engines',
        'packages/harborage/package.json',
        manifest('harborage', 'bundle', {
          dependencies: ['@harborage/driver-sqlite', '@harborage/driver-postgres'],
        }),
        '@harborage/driver-postgres',
      ],
      [
        'a peer that has to be there',
        'packages/harborage/package.json',
        manifest('harborage', 'bundle', {
          dependencies: ['@harborage/driver-sqlite'],
          peerDependencies: ['@harborage/driver-postgres'],
        }),
        '@harborage/driver-postgres',
      ],
    ],
  },
  {
    name: 'an adapter has its framework as a peer',
    rule: adaptersHaveAFramework,
    plants: [
      [
        'a dependency',
        'adapters/frame/package.json',
        manifest('frame', 'adapter', {
          dependencies: ['@frame/core'],
          peerDependencies: ['@harborage/state'],
        }),
        'adapters/frame/package.json has no framework as a peer',
      ],
    ],
  },
])
