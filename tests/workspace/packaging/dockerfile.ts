import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

import { cleanEnv, tryInShell } from './run-command.ts'

/** What the steps of a Dockerfile make, in a folder instead of an image. */
export interface Image {
  /** The folder that stands for `/`. */
  readonly root: string
  /** From the root. */
  readonly workdir: string
  readonly env: Readonly<Record<string, string>>
  /** Its numbers, or `undefined` where only root could become another user. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined
  readonly volumes: readonly string[]
  readonly healthcheck: readonly string[]
  readonly cmd: readonly string[]
}

/**
 * Makes the steps of a Dockerfile outside of a container, below a folder that stands for `/`. What
 * they run is found on this machine in place of the image that they start from. So their paths are
 * relative to the WORKDIR, and owners are changed only if this process may do that.
 */
export async function buildImage(
  dockerfile: string,
  context: string,
  root: string,
): Promise<Image> {
  let image: Image = {
    root,
    workdir: '/',
    env: {},
    user: undefined,
    volumes: [],
    healthcheck: [],
    cmd: [],
  }
  for (const [, name = '', rest = ''] of dockerfile.matchAll(/^([A-Z]+) (.+)$/gm)) {
    image = { ...image, ...(await make(image, name, rest, context)) }
  }
  return image
}

async function make(
  image: Image,
  name: string,
  rest: string,
  context: string,
): Promise<Partial<Image>> {
  const folder = join(image.root, image.workdir)
  switch (name) {
    case 'FROM':
    case 'EXPOSE':
      return {}
    case 'WORKDIR':
      await mkdir(join(image.root, rest), { recursive: true })
      return { workdir: rest }
    case 'ENV': {
      const pairs = rest.split(' ').map((pair) => pair.split('=') as [string, string])
      return { env: { ...image.env, ...Object.fromEntries(pairs) } }
    }
    case 'COPY': {
      const names = rest.split(' ')
      const to = names.pop() ?? ''
      for (const each of names) await copyFile(join(context, each), join(folder, to, each))
      return {}
    }
    case 'RUN': {
      // As a secret of the build: it is there for this step only.
      await copyFile(join(context, '.npmrc'), join(folder, '.npmrc'))
      const { succeeded, output } = await tryInShell(folder, rest, await envOfBuild(image))
      await rm(join(folder, '.npmrc'))
      if (!succeeded) throw new Error(`RUN ${rest} failed:\n${output}`)
      return {}
    }
    case 'USER': {
      const [uid = 0, gid = 0] = rest.split(':').map(Number)
      return process.getuid?.() === 0 ? { user: { uid, gid } } : {}
    }
    case 'VOLUME':
      return { volumes: [...image.volumes, rest] }
    case 'HEALTHCHECK':
      return { healthcheck: execForm(rest.replace(/^.*CMD /, '')) }
    case 'CMD':
      return { cmd: execForm(rest) }
    default:
      throw new Error(`this Dockerfile has a step that is not made here: ${name} ${rest}`)
  }
}

/** Reads a command as JSON. One without would have a shell as its first process. */
function execForm(command: string): string[] {
  return JSON.parse(command) as string[]
}

async function envOfBuild({ root, env }: Image): Promise<Record<string, string>> {
  const settings = { ...env, npm_config_prefer_offline: 'true', npm_config_audit: 'false' }
  if (process.getuid?.() === 0) return settings
  // Without the right to give files away, all of them stay with the one user that there is.
  const bin = join(root, 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, 'chown'), '#!/bin/sh\n')
  await chmod(join(bin, 'chown'), 0o755)
  return { ...settings, PATH: `${bin}${delimiter}${cleanEnv()['PATH'] ?? ''}` }
}
