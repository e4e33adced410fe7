import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What a pooler does with the startup parameter `options`: PgBouncer can be set to either. */
export type OptionsRule = 'refuses' | 'ignores'

/** A way to a server on which the startup parameter `options` never arrives. */
export interface StartupPooler extends AsyncDisposable {
  readonly dsn: string
}

/** The bytes before the parameters: the length of the message, and the version of the protocol. */
const HEADER_BYTES = 8

/**
 * Starts what does with the first message of a connection as a pooler does, and passes on the rest.
 * The tests with PgBouncer itself are in `tests/faults/rows/pooler`.
 */
export async function startPooler(targetDsn: string, rule: OptionsRule): Promise<StartupPooler> {
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
    client.once('data', (startup) => {
      const names = parametersOf(startup)
      if (names.has('options') && rule === 'refuses') {
        client.end(refusal('unsupported startup parameter: options'))
        return
      }
      names.delete('options')
      server.write(startupMessage(startup, names))
      client.pipe(server)
      server.pipe(client)
    })
  })
  pooler.listen(0, '127.0.0.1')
  await once(pooler, 'listening')
  const dsn = new URL(targetDsn)
  dsn.host = `127.0.0.1:${(pooler.address() as AddressInfo).port}`
  return {
    dsn: dsn.href,
    async [Symbol.asyncDispose]() {
      pooler.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function parametersOf(startup: Buffer): Map<string, string> {
  const texts = startup.toString('utf8', HEADER_BYTES).split('\0')
  const parameters = new Map<string, string>()
  for (let at = 0; at + 1 < texts.length; at += 2) {
    const [name = '', value = ''] = texts.slice(at, at + 2)
    if (name !== '') parameters.set(name, value)
  }
  return parameters
}

function startupMessage(startup: Buffer, parameters: ReadonlyMap<string, string>): Buffer {
  const texts = [...parameters].map(([name, value]) => `${name}\0${value}\0`).join('')
  const message = Buffer.concat([startup.subarray(0, HEADER_BYTES), Buffer.from(`${texts}\0`)])
  message.writeInt32BE(message.length)
  return message
}

/** Returns the message with which PgBouncer refuses a connection. */
function refusal(message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C08P01\0M${message}\0\0`)
  const head = Buffer.from('E\0\0\0\0')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}
