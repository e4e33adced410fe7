import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** What happens to the connection on which the client sends a given text. */
export type Fault =
  /** The server never gets it. */
  | 'cut before sending'
  /** The server gets half of it. */
  | 'cut while sending'
  /** The server gets it and finds the client gone. */
  | 'cut after sending'
  /** The server does the work, and its answer is lost. */
  | 'cut the answer'
  /** The server does the work, and only the first bytes of its answer arrive. */
  | { readonly cutAnswerAfter: number }
  /** The server does the work, and its answer never comes although the connection stays. */
  | 'swallow the answer'
  /** The server gets ROLLBACK in its place, and says so. */
  | 'roll back instead'
  /**
   * The server gets it when {@link TcpProxy.deliverLate} is called, be the client still there or
   * not.
   */
  | 'hold back'

interface ArmedFault {
  readonly text: string
  readonly kind: Fault
  readonly happened: () => void
}

/**
 * The simple query ROLLBACK as it is on the wire: a letter, the length, and the text with a zero at
 * its end.
 */
const rollback = Buffer.from('Q\0\0\0\rROLLBACK\0')

/** A network between a client and a Postgres server that fails on request. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #target: URL
  readonly #links = new Set<Link>()
  readonly #held: (() => Promise<void>)[] = []
  #faults: ArmedFault[] = []
  #stalled = false
  /** The delay of every answer of the server. */
  latencyMs = 0
  /** The number of round trips: how often the client sent after the server had sent. */
  trips = 0

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

  /** Returns the DSN of the server through this proxy. */
  get dsn(): string {
    const dsn = new URL(this.#target)
    dsn.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return dsn.href
  }

  /**
   * Lets the fault happen once, when the text is next sent to the server; resolves when it has. Of
   * several faults for one text, each waits for the one before.
   */
  failOnce(text: string, kind: Fault): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#faults.push({ text, kind, happened: resolve })
    return promise
  }

  /** Takes back the faults that have not begun, and gives their number. */
  disarm(): number {
    return this.#faults.splice(0).length
  }

  /** Sends the delayed messages, and waits until the server has processed them. */
  async deliverLate(): Promise<void> {
    await Promise.all(this.#held.splice(0).map((deliver) => deliver()))
  }

  /** Stops all traffic from now on, but still accepts connections. */
  stall(): void {
    this.#stalled = true
  }

  /**
   * New connections come through again; what was lost in the old ones stays lost, so they are cut.
   */
  resume(): void {
    this.#stalled = false
    this.cut()
  }

  /** Cuts the existing connections. */
  cut(): void {
    for (const link of this.#links) link.cut()
  }

  /** Cuts every connection from now on, new ones as soon as they are made. */
  async refuse(): Promise<void> {
    this.#server.close()
    this.cut()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse()
  }

  #forward(client: Socket): void {
    const server = connect(Number(this.#target.port || 5432), this.#target.hostname)
    const link = new Link(client, server)
    this.#links.add(link)
    let answer: ArmedFault | undefined
    let isAnswered = true
    for (const socket of [client, server]) {
      socket.on('error', () => link.cut())
      socket.on('close', () => {
        this.#links.delete(link)
        if (!link.isHeldBack) link.cut()
      })
    }
    client.on('end', () => {
      if (!this.#stalled && !link.isHeldBack) link.cut()
    })
    client.on('data', (chunk) => {
      if (this.#stalled || link.isHeldBack) return
      if (isAnswered) this.trips += 1
      isAnswered = false
      const fault = this.#take(chunk)
      switch (fault?.kind) {
        case undefined:
          server.write(chunk)
          break
        case 'cut before sending':
        case 'cut while sending':
        case 'cut after sending':
          fault.happened()
          link.cutAfterSending(chunk, fault.kind)
          break
        case 'roll back instead':
          fault.happened()
          server.write(rollback)
          break
        case 'hold back':
          fault.happened()
          link.isHeldBack = true
          this.#held.push(() => link.deliver(chunk))
          break
        case 'cut the answer':
        case 'swallow the answer':
        default:
          answer = fault
          server.write(chunk)
      }
    })
    server.on('data', (chunk) => {
      if (this.#stalled || link.isHeldBack) return
      isAnswered = true
      if (answer === undefined) {
        if (this.latencyMs === 0) client.write(chunk)
        else setTimeout(() => client.writable && client.write(chunk), this.latencyMs)
        return
      }
      answer.happened()
      if (answer.kind === 'swallow the answer') return
      link.cutAfterAnswering(
        typeof answer.kind === 'object' ? chunk.subarray(0, answer.kind.cutAnswerAfter) : undefined,
      )
    })
  }

  #take(chunk: Buffer): ArmedFault | undefined {
    const index = this.#faults.findIndex(({ text }) => chunk.includes(text))
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0]
  }
}

/** The two halves of one connection. */
class Link {
  readonly #client: Socket
  readonly #server: Socket
  isHeldBack = false

  constructor(client: Socket, server: Socket) {
    this.#client = client
    this.#server = server
  }

  cut(): void {
    this.#client.destroy()
    this.#server.destroy()
  }

  cutAfterSending(chunk: Buffer, where: Fault): void {
    if (where === 'cut while sending') this.#server.write(chunk.subarray(0, chunk.length / 2))
    if (where === 'cut after sending') this.#server.write(chunk)
    this.#server.destroySoon()
    this.#client.destroy()
  }

  cutAfterAnswering(part: Buffer | undefined): void {
    if (part !== undefined) this.#client.write(part)
    this.#client.destroySoon()
    this.#server.destroy()
  }

  async deliver(chunk: Buffer): Promise<void> {
    if (!this.#server.writable) return
    const answered = Promise.race([once(this.#server, 'data'), once(this.#server, 'close')])
    this.#server.write(chunk)
    await answered
    this.isHeldBack = false
    this.cut()
  }
}
