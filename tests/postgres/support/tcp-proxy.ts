import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** What happens to the connection on which the client sends a given text. */
export type Fault =
  /** The server never gets it. */
  | 'cut before sending'
  /** The server does the work, and its answer is lost. */
  | 'cut the answer'
  /** The server does the work, and its answer never comes although the connection stays. */
  | 'swallow the answer'
  /** The server gets ROLLBACK in its place, and says so. */
  | 'roll back instead'

/** The simple query ROLLBACK as it is on the wire: a letter, the length, and the text with a zero at its end. */
const rollback = Buffer.from('Q\0\0\0\rROLLBACK\0')

/** A network between a client and a Postgres server that fails when it is told to. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #target: URL
  readonly #sockets = new Set<Socket>()
  #stalled = false
  /** How often the client sent something after the server had. */
  trips = 0
  #fault: { readonly text: string; readonly kind: Fault; readonly happened: () => void } | undefined

  private constructor(server: Server, target: URL) {
    this.#server = server
    this.#target = target
  }

  static async start(targetDsn: string): Promise<TcpProxy> {
    // A network that stalls does not answer the end of a connection either.
    const server = createServer({ allowHalfOpen: true })
    const proxy = new TcpProxy(server, new URL(targetDsn))
    server.on('connection', (client) => proxy.#forward(client))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  /** The way to the server through this proxy. */
  get dsn(): string {
    const dsn = new URL(this.#target)
    dsn.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return dsn.href
  }

  /** Lets the fault happen once, when the text is next sent to the server; resolves when it has. */
  failOnce(text: string, kind: Fault): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#fault = { text, kind, happened: resolve }
    return promise
  }

  /** From now on nothing comes through any more, while connections are still taken. */
  stall(): void {
    this.#stalled = true
  }

  /** From now on every connection is cut, the new ones as soon as they are made. */
  async refuse(): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse()
  }

  #forward(client: Socket): void {
    const server = connect(Number(this.#target.port || 5432), this.#target.hostname)
    const answer = { fault: undefined as Fault | undefined, happened: (): void => {} }
    let isAnswered = true
    const cut = (): void => {
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        cut()
      })
    }
    client.on('end', () => {
      if (!this.#stalled) cut()
    })
    client.on('data', (chunk) => {
      if (this.#stalled) return
      if (isAnswered) this.trips += 1
      isAnswered = false
      if (this.#fault !== undefined && chunk.includes(this.#fault.text)) {
        answer.fault = this.#fault.kind
        answer.happened = this.#fault.happened
        this.#fault = undefined
        if (answer.fault === 'cut before sending') {
          answer.happened()
          cut()
          return
        }
      }
      const instead = answer.fault === 'roll back instead'
      if (instead) {
        answer.fault = undefined
        answer.happened()
      }
      server.write(instead ? rollback : chunk)
    })
    server.on('data', (chunk) => {
      if (this.#stalled) return
      isAnswered = true
      if (answer.fault !== undefined) answer.happened()
      if (answer.fault === 'cut the answer') cut()
      else if (answer.fault === undefined) client.write(chunk)
    })
  }
}
