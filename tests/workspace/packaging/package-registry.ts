import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'

import type { PackedPackage } from './packed-package.ts'

export interface PackageRegistry extends AsyncDisposable {
  /** For an .npmrc: packages of this scope come from here, all others from where they always do. */
  readonly npmrc: string
}

/** Offers the packed packages on the loopback address, so that a project installs them by name. */
export async function serveRegistry(packed: readonly PackedPackage[]): Promise<PackageRegistry> {
  // A path that no earlier run had, because package managers remember what an address answered.
  const base = `/${randomUUID()}`
  const answers = new Map<string, Buffer | string>()
  const server = createServer((request, response) => {
    const answer = answers.get(decodeURIComponent(request.url ?? ''))
    response.writeHead(answer === undefined ? 404 : 200).end(answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP port was given')
  const url = `http://127.0.0.1:${address.port}${base}`

  for (const { name, version, manifest, tarball } of packed) {
    const path = `/${name}/-/${version}.tgz`
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
    answers.set(`${base}${path}`, tarball)
    answers.set(
      `${base}/${name}`,
      JSON.stringify({
        name,
        'dist-tags': { latest: version },
        time: { [version]: '2020-01-01T00:00:00.000Z' },
        versions: { [version]: { ...manifest, dist: { tarball: url + path, integrity } } },
      }),
    )
  }

  return {
    npmrc: `@harborage:registry=${url}/\n`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
