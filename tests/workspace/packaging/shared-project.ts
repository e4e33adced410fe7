import { once } from 'node:events'
import { createServer } from 'node:http'

import { BUILDS_OF_ADK } from './adk-program.ts'
import type { ConsumerProject } from './empty-project.ts'
import { packagesOfFrameworks } from './frameworks.ts'
import { installFrom, type ServedPackages } from './install-packages.ts'

/** A project that test files share: they only read what is installed in it. */
export interface SharedProject extends AsyncDisposable {
  /** Answers with the folder of the project, or with the reason why there is none. */
  readonly url: string
}

/**
 * Offers a project that has every published package, the newest versions of the frameworks, and
 * esbuild. It is installed once, when the first file asks for it.
 */
export async function shareProject(
  served: ServedPackages,
  published: readonly string[],
): Promise<SharedProject> {
  // What bundles leave outside is imported by name, so it is installed by name.
  const others = ['@types/node', 'better-sqlite3', 'esbuild']
  const builds = ['esbuild', ...BUILDS_OF_ADK].map((name) => `--allow-build=${name}`)
  const all = [...builds, ...published, ...others, ...packagesOfFrameworks()]
  let installing: Promise<ConsumerProject> | undefined
  const server = createServer((_request, response) => {
    installing ??= installFrom(served, 'pnpm', ...all)
    installing.then(
      ({ folder }) => response.end(folder),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP port was given')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      const project = await installing?.catch(() => undefined)
      await project?.[Symbol.asyncDispose]()
    },
  }
}
