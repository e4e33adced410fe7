import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import { readGuide, type Guide, type GuideCommand } from '../docs/guide-steps.ts'
import { tryInShell } from './run-command.ts'

/** Where packages are installed already, in the order in which they are looked for. */
const inWorkspace = ['node_modules', 'tests/node_modules'].map((path) => join(repositoryRoot, path))

/** Reads the guide of that name. */
export function guide(name: string): Guide {
  const path = `docs/guides/${name}.md`
  return readGuide(path, readFileSync(join(repositoryRoot, path), 'utf8'))
}

export interface GuideSetting {
  /** A project that has what guides install from the packed packages. */
  readonly installed: string
  /** Variables of the environment. */
  readonly variables?: Readonly<Record<string, string>>
  /** Folders whose programs come before those of this machine. */
  readonly programs?: readonly string[]
}

/** The project that a guide builds up, in an empty folder outside of this workspace. */
export class GuideProject implements AsyncDisposable {
  readonly folder: string
  readonly #installed: readonly string[]
  readonly #variables: Readonly<Record<string, string>>

  private constructor(folder: string, { installed, variables = {}, programs = [] }: GuideSetting) {
    this.folder = folder
    this.#installed = [join(installed, 'node_modules'), ...inWorkspace]
    const path = [...programs, process.env['PATH'] ?? '']
    this.#variables = { NO_COLOR: '1', PATH: path.join(delimiter), ...variables }
  }

  static async create(setting: GuideSetting): Promise<GuideProject> {
    // Not below the installed project: a package that the guide does not install is not there.
    return new GuideProject(await mkdtemp(join(tmpdir(), 'harborage-guide-')), setting)
  }

  /** Does what the guide says, and returns what did not come out as it says. */
  async follow({ path, steps }: Guide): Promise<string[]> {
    const faults: string[] = []
    for (const step of steps) {
      switch (step.does) {
        case 'install':
          for (const name of step.packages) await this.#link(name)
          break
        case 'write':
          await this.write(step.file, step.content)
          break
        case 'run':
          faults.push(...(await this.#run(path, step)))
      }
    }
    return faults
  }

  async write(file: string, content: string): Promise<void> {
    await mkdir(dirname(join(this.folder, file)), { recursive: true })
    await writeFile(join(this.folder, file), content)
  }

  async #run(path: string, step: GuideCommand): Promise<string[]> {
    const { line, command, succeeds, prints } = step
    // What npx starts, without the time that npm takes: nothing but what this project installed.
    const local = command.replace(/^npx /, `${join(this.folder, 'node_modules/.bin')}/`)
    const { succeeded, output } = await tryInShell(this.folder, local, this.#variables)
    const printed = stripVTControlCharacters(output)
    if (succeeded !== succeeds) {
      return [`${path}:${line}: ${command} ${succeeded ? 'succeeded' : 'failed'}:\n${printed}`]
    }
    let from = 0
    for (const text of prints) {
      const found = printed.indexOf(text, from)
      if (found === -1) return [`${path}:${line}: ${command} did not print ${text}:\n${printed}`]
      from = found + text.length
    }
    return []
  }

  /**
   * Links one package that is installed elsewhere, with the commands that it brings. What it
   * depends on is found beside the place that the link leads to.
   */
  async #link(name: string): Promise<void> {
    const source = this.#installed.map((folder) => join(folder, name)).find((at) => existsSync(at))
    if (source === undefined) throw new Error(`${name} is installed nowhere: see guides.ts`)
    const modules = join(this.folder, 'node_modules')
    await mkdir(join(modules, '.bin'), { recursive: true })
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(await realpath(source), join(modules, name))
    const { bin = {} } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as {
      readonly bin?: string | Readonly<Record<string, string>>
    }
    const commands = typeof bin === 'string' ? { [basename(name)]: bin } : bin
    for (const [command, file] of Object.entries(commands)) {
      await symlink(join(modules, name, file), join(modules, '.bin', command))
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.folder, { recursive: true, force: true })
  }
}
