import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** The length of the type of a message and of its length. */
const HEAD_BYTES = 5
const PARSE = 'P'.charCodeAt(0)

/**
 * Starts a way to a server on which every named statement is there already, as one is that another
 * client of a pooler in transaction mode has prepared. Resolves to its DSN.
 */
export async function startSharingPooler(targetDsn: string): Promise<string> {
  const target = new URL(targetDsn)
  const sockets = new Set<Socket>()
  const pooler = createServer((client) => {
    const server = connect(Number(target.port || 5432), target.hostname)
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        server.destroy()
      })
    }
    server.pipe(client)
    client.once('data', (startup) => {
      server.write(startup)
      let rest = Buffer.alloc(0)
      client.on('data', (data) => {
        rest = Buffer.concat([rest, Buffer.from(data)])
        for (let size = sizeOf(rest); size <= rest.length; size = sizeOf(rest)) {
          const message = rest.subarray(0, size)
          rest = rest.subarray(size)
          if (isNamedParse(message)) server.write(message)
          server.write(message)
        }
      })
    })
  })
  pooler.listen(0, '127.0.0.1')
  await once(pooler, 'listening')
  onTestFinished(() => {
    pooler.close()
    for (const socket of sockets) socket.destroy()
  })
  const dsn = new URL(targetDsn)
  dsn.host = `127.0.0.1:${(pooler.address() as AddressInfo).port}`
  return dsn.href
}

/** Returns the size of the first message; more than there is if its length is not there yet. */
function sizeOf(bytes: Buffer): number {
  return bytes.length < HEAD_BYTES ? HEAD_BYTES : bytes.readInt32BE(1) + 1
}

function isNamedParse(message: Buffer): boolean {
  return message[0] === PARSE && message[HEAD_BYTES] !== 0
}
