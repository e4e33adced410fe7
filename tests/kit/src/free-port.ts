import { once } from 'node:events'
import { createServer } from 'node:net'

/** Resolves to a TCP port of the loopback address that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no TCP port was given')
  return address.port
}
