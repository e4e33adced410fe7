import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'

/** A service that charges once per idempotency key, as payment services do. */
export interface PaymentService {
  readonly url: string
  /** The key of each request, in their order. */
  readonly keys: readonly string[]
  readonly charges: number
  /** Resolves when the first charge was made, which is not answered. */
  readonly firstCharge: Promise<void>
  close(): void
}

/** Starts the service. It loses its first answer. */
export async function startPaymentService(): Promise<PaymentService> {
  const keys: string[] = []
  const charged = new Set<string>()
  const first = Promise.withResolvers<void>()
  const server = createServer((request, response: ServerResponse) => {
    const key = String(request.headers['idempotency-key'])
    keys.push(key)
    const isNew = !charged.has(key)
    charged.add(key)
    if (keys.length === 1) first.resolve()
    else response.end(isNew ? 'charged' : 'charged before: the same key')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the service has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    keys,
    get charges() {
      return charged.size
    },
    firstCharge: first.promise,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
