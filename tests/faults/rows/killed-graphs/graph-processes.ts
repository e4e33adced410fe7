import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import type { BrokenBuild, Figures } from '../../harness/fault-row.ts'
import { complaints, figures, sumOf } from '../../harness/figures.ts'
import { linesUntilKilled } from '../../harness/lines-until-killed.ts'
import { startProcess } from '../../harness/start-process.ts'

/** In the package of the adapter, where its framework is installed. */
const script = join(repositoryRoot, 'adapters/langgraph/test/killed-graphs/run-graphs.ts')

/** What the row reads in a line of a process: see `told.ts` beside the script. */
interface GraphLine {
  readonly what: string
  readonly found?: Partial<Figures>
}

/**
 * The processes that run graphs on a database, one after the other. Each gets what the earlier ones
 * have told, and judges what is left of it.
 */
export class GraphProcesses implements AsyncDisposable {
  readonly #dsn: string
  readonly #folder: string
  readonly #brokenBuild: BrokenBuild | undefined

  private constructor(dsn: string, folder: string, brokenBuild: BrokenBuild | undefined) {
    this.#dsn = dsn
    this.#folder = folder
    this.#brokenBuild = brokenBuild
  }

  static async on(dsn: string, brokenBuild: BrokenBuild | undefined): Promise<GraphProcesses> {
    const folder = await mkdtemp(join(tmpdir(), 'harborage-graphs-'))
    const processes = new GraphProcesses(dsn, folder, brokenBuild)
    await writeFile(processes.#witness, '')
    return processes
  }

  /** Runs a process and kills it once it has written a number of lines. */
  async kill(lines: number): Promise<Figures> {
    return { ...(await this.#run(true, lines)), rounds: 1 }
  }

  /** Runs a process that continues all graphs until they end. */
  async end(): Promise<Figures> {
    return this.#run(false, Infinity)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #run(begins: boolean, lines: number): Promise<Figures> {
    const options = { dsn: this.#dsn, witness: this.#witness, begins }
    const child = startProcess(script, [JSON.stringify(options)], {
      brokenBuild: this.#brokenBuild,
    })
    // The first line says that it is opening.
    const told = await linesUntilKilled(child, 1 + lines)
    await appendFile(this.#witness, told.map((line) => `${line}\n`).join(''))
    const found = figuresOf(told.map((line) => JSON.parse(line) as GraphLine))
    const hasEnded = begins ? child.signalCode === 'SIGKILL' : child.exitCode === 0
    if (hasEnded || complaints(found).length > 0) return found
    return figures({ violations: [`a process ended early: ${told.at(-1)}`] })
  }

  get #witness(): string {
    return join(this.#folder, 'told')
  }
}

function figuresOf(told: readonly GraphLine[]): Figures {
  const acknowledged = told.filter(({ what }) => what === 'put' || what === 'writes').length
  return sumOf([
    figures({ acknowledged }),
    ...told.flatMap(({ found }) => (found === undefined ? [] : [figures(found)])),
  ])
}
