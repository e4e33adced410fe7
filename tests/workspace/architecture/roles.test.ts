import { expect, test } from 'vitest'

import { checkRules, plantImport, thisWorkspace, type Plant } from './check-rules.ts'
import { manifest, plantedWorkspace } from './planted-workspace.ts'
import { roleNames, type Role } from './roles.ts'
import { importsFollowRoles } from './rules/imports-follow-roles.ts'
import {
  onlyPrivateIsUnpublished,
  rolesAreDeclared,
  rolesAreInTheirFolders,
} from './rules/roles-are-declared.ts'

/** Where a package of each role has its sources, in the planted workspace. */
const sources: Readonly<Record<Role, string>> = {
  core: 'packages/core/src',
  store: 'packages/state/src',
  engine: 'packages/driver-sqlite/src',
  'store driver': 'packages/driver-fs/src',
  layer: 'packages/layer-seal/src',
  suite: 'packages/conformance/src',
  bundle: 'packages/harborage/src',
  adapter: 'adapters/frame/src',
  tool: 'tools/cli/src',
  private: 'examples/demo/src',
}

const entries: Readonly<Record<Role, string>> = {
  core: '@harborage/core',
  store: '@harborage/artifacts',
  engine: '@harborage/driver-postgres',
  'store driver': '@harborage/driver-fs',
  layer: '@harborage/layer-seal',
  suite: '@harborage/conformance/state',
  bundle: 'harborage',
  adapter: '@harborage/frame',
  tool: '@harborage/cli',
  private: '@harborage/test-kit/server',
}

/** The roles whose root entries each role may import at run time, by a static import. */
const allowed: Readonly<Record<Role, readonly Role[]>> = {
  core: [],
  store: ['core'],
  engine: ['core'],
  'store driver': ['core', 'store'],
  layer: ['core'],
  suite: ['core', 'store'],
  bundle: ['core', 'store'],
  adapter: ['core', 'store', 'bundle'],
  tool: roleNames.filter((role) => role !== 'tool' && role !== 'private'),
  private: roleNames.filter((role) => role !== 'tool'),
}

/** The roles of which the planted workspace has one package, which would import itself. */
const itself = new Set<Role>([
  'core',
  'store driver',
  'layer',
  'suite',
  'bundle',
  'adapter',
  'tool',
])

/** Each role beside each that it may import, or may not, with a file that does so. */
const pairs = roleNames.flatMap((importer) =>
  roleNames
    .filter((role) => !(importer === role && itself.has(role)))
    .map((role) => ({
      path: `${sources[importer]}/imports-${role.replace(' ', '-')}.ts`,
      content: `import '${entries[role]}'`,
      isAllowed: allowed[importer].includes(role),
    })),
)

const { core, store, suite, layer, bundle, adapter, tool } = sources
const storeDriver = sources['store driver']

test('the checker sees the packages of this workspace, their roles and their files', () => {
  const { packages, privatePackages } = thisWorkspace
  expect([...packages, ...privatePackages].map(({ name, role }) => `${role} ${name}`)).toEqual(
    expect.arrayContaining([
      'core @harborage/core',
      'store @harborage/state',
      'store @harborage/artifacts',
      'store @harborage/memory',
      'suite @harborage/conformance',
      'engine @harborage/driver-sqlite',
      'engine @harborage/driver-postgres',
      'store driver @harborage/driver-fs',
      'private @harborage/tests',
      'private @harborage/test-kit',
      'private @harborage/bench',
      'private @harborage/example-agent-run',
    ]),
  )
  expect(packages.filter(({ files }) => files.length === 0)).toEqual([])
})

test('the planted workspace has a package of each role, in each folder of published packages', () => {
  const { packages, privatePackages } = plantedWorkspace()
  const planted = [...packages, ...privatePackages]
  expect(new Set(planted.map(({ role }) => role))).toEqual(new Set(roleNames))
  expect(new Set(packages.map(({ folder }) => folder.split('/', 1).join('')))).toEqual(
    new Set(['packages', 'adapters', 'tools']),
  )
})

test('exactly the pairs of roles whose root entries may not be imported are reported', () => {
  const planted = Object.fromEntries(pairs.map(({ path, content }) => [path, content]))
  const reports = importsFollowRoles(plantedWorkspace(planted))
  const forbidden = pairs.filter(({ isAllowed }) => !isAllowed).map(({ path }) => path)
  expect(forbidden.length).toBeGreaterThan(roleNames.length)
  expect(reports.map((report) => report.split(':', 1).join('')).toSorted()).toEqual(
    forbidden.toSorted(),
  )
})

checkRules([
  {
    name: 'each package declares its role',
    rule: rolesAreDeclared,
    plants: [
      [
        'none',
        'packages/state/package.json',
        manifest('state', undefined),
        'packages/state/package.json declares no role',
      ],
      [
        'an unknown one',
        'adapters/frame/package.json',
        manifest('frame', 'plugin'),
        'adapters/frame/package.json declares the unknown role "plugin"',
      ],
      [
        'none of a tool',
        'tools/cli/package.json',
        manifest('cli', undefined),
        'tools/cli/package.json declares no role',
      ],
      [
        'none of an example',
        'examples/demo/package.json',
        manifest('example-demo', undefined),
        'examples/demo/package.json declares no role',
      ],
      [
        'a property that every object has',
        'packages/state/package.json',
        manifest('state', 'toString'),
        'packages/state/package.json declares the unknown role "toString"',
      ],
    ],
  },
  {
    name: 'a package is in a folder of its role',
    rule: rolesAreInTheirFolders,
    plants: [
      ...roleNames
        .filter((role) => !['tool', 'adapter', 'private'].includes(role))
        .map((role): Plant => [
          `${role} in adapters`,
          'adapters/frame/package.json',
          manifest('frame', role),
          `adapters/frame is no folder for its role, ${role}`,
        ]),
      ...(['adapter', 'tool', 'private'] as const).map((role): Plant => [
        `${role} in packages`,
        'packages/state/package.json',
        manifest('state', role),
        `packages/state is no folder for its role, ${role}`,
      ]),
    ],
  },
  {
    name: 'what is private, and nothing else, is kept from being published',
    rule: onlyPrivateIsUnpublished,
    plants: [
      [
        'a published example',
        'examples/demo/package.json',
        manifest('example-demo', 'private').replace('"private":true,', ''),
        'examples/demo/package.json',
      ],
      [
        'an unpublished store',
        'packages/state/package.json',
        manifest('state', 'store').replace('{', '{"private":true,'),
        'packages/state/package.json',
      ],
    ],
  },
  {
    name: 'a package imports what the table allows to its role',
    rule: importsFollowRoles,
    plants: [
      [
        'a type, in core',
        `${core}/bad.ts`,
        `\nimport type { T } from '@harborage/state'`,
        `${core}/bad.ts:2`,
      ],
      plantImport('a type in place, in core', core, `type T = import('@harborage/state').T`),
      plantImport('later, in core', core, `await import('@harborage/driver-sqlite')`),
      plantImport('an export, in core', `${core}/sql`, `export * from '@harborage/state'`),
      plantImport('core/sql in a store', store, `import type { E } from '@harborage/core/sql'`),
      plantImport(
        'core/sql in a folder of a store that is named alike',
        `${store}/internal/sql`,
        `import '@harborage/core/sql'`,
      ),
      plantImport("a store's sql in an engine", sources.engine, `import '@harborage/state/sql'`),
      plantImport("a store's sql in its driver", storeDriver, `import '@harborage/artifacts/sql'`),
      plantImport('core/sql in a store driver', storeDriver, `import '@harborage/core/sql'`),
      plantImport('core/sql in a layer', layer, `import type { E } from '@harborage/core/sql'`),
      plantImport('a store later, in a layer', layer, `await import('@harborage/artifacts')`),
      plantImport(
        'a store among types, in a layer',
        layer,
        `import { openStore, type Store } from '@harborage/artifacts'`,
      ),
      plantImport('a file of a store, in a suite', suite, `import '@harborage/state/src/x.ts'`),
      plantImport("a store's sql in a suite", suite, `import '@harborage/state/sql'`),
      plantImport(
        'core/sql in a suite of a store',
        `${suite}/state`,
        `import type { E } from '@harborage/core/sql'`,
      ),
      plantImport('core/adapter in a store', store, `import '@harborage/core/adapter'`),
      plantImport('core/adapter in an engine', sources.engine, `import '@harborage/core/adapter'`),
      plantImport('core/adapter in a bundle', bundle, `import '@harborage/core/adapter'`),
      plantImport('core/kit in a bundle', bundle, `import '@harborage/core/kit'`),
      plantImport('core/sql in a bundle', bundle, `import '@harborage/core/sql'`),
      plantImport("a store's sql in a bundle", bundle, `import '@harborage/state/sql'`),
      plantImport(
        'a type of an engine, in a bundle',
        bundle,
        `import type { P } from '@harborage/driver-postgres'`,
      ),
      plantImport('core/kit in an adapter', adapter, `import '@harborage/core/kit'`),
      plantImport('core/sql in an adapter', adapter, `import '@harborage/core/sql'`),
      plantImport(
        'a driver later, in an adapter',
        adapter,
        `await import('@harborage/driver-sqlite')`,
      ),
      plantImport('a file of a package, in a tool', tool, `import '@harborage/core/internal/x.ts'`),
    ],
  },
])
