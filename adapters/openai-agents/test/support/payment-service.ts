import { createServer, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** A stub of a service that charges once per idempotency key. */
export interface PaymentService {
  readonly url: string
  /** The key of each request, in the order in which they came. */
  readonly keys: readonly string[]
  /** The keys that were charged. */
  readonly charged: ReadonlySet<string>
  /** Holds back the answers from now on, after the charge. */
  hold(): void
  /** Answers the requests that come from now on. */
  answer(): void
  /** Resolves when a number of requests has come. */
  requests(count: number): Promise<void>
}

/** Starts a service for the running test. */
export async function startPaymentService(): Promise<PaymentService> {
  const keys: string[] = []
  const charged = new Set<string>()
  const waiting: (() => void)[] = []
  let isHeld = false
  const server = createServer((request, response: ServerResponse) => {
    const key = String(request.headers['idempotency-key'])
    const isNew = !charged.has(key)
    keys.push(key)
    charged.add(key)
    if (!isHeld) response.end(isNew ? 'charged' : 'charged before')
    for (const check of waiting) check()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    keys,
    charged,
    hold: () => void (isHeld = true),
    answer: () => void (isHeld = false),
    requests(count) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const check = (): void => {
        if (keys.length >= count) resolve()
      }
      waiting.push(check)
      check()
      return promise
    },
  }
}
