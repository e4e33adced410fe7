import { DiskFile, type Fate } from './disk-file.ts'
import type { DiskEvent } from './strace-log.ts'

/**
 * A folder on a disk that keeps, when the power goes, what was synchronized, and of everything else
 * an arbitrary part: this write and not that one, half of a third, a new name or not. That is all
 * that POSIX promises.
 */
export class Disk {
  readonly #files = new Map<string, DiskFile>()
  #safeNames = new Map<string, DiskFile>()
  #pendingNames: (readonly [name: string, file: DiskFile | undefined])[] = []

  apply(event: Exclude<DiskEvent, { type: 'tell' }>): void {
    switch (event.type) {
      case 'create':
        if (!this.#files.has(event.name)) this.#name(event.name, new DiskFile())
        return
      case 'remove':
        this.#name(event.name, undefined)
        return
      case 'sync folder':
        this.#safeNames = new Map(this.#files)
        this.#pendingNames = []
        return
      case 'sync':
        this.#file(event.name).sync()
        return
      case 'failed sync':
        this.#file(event.name).failToSync()
        return
      case 'write':
      case 'truncate':
        this.#file(event.name).change(event)
    }
  }

  /** Returns the files that exist if the power fails now. */
  after(fate: () => Fate): ReadonlyMap<string, Uint8Array> {
    const names = new Map(this.#safeNames)
    for (const [name, file] of this.#pendingNames) {
      if (fate() === 'lost') continue
      if (file === undefined) names.delete(name)
      else names.set(name, file)
    }
    return new Map([...names].map(([name, file]) => [name, file.after(fate)]))
  }

  #name(name: string, file: DiskFile | undefined): void {
    if (file === undefined) this.#files.delete(name)
    else this.#files.set(name, file)
    this.#pendingNames.push([name, file])
  }

  #file(name: string): DiskFile {
    const file = this.#files.get(name)
    if (file === undefined) throw new Error(`${name} was changed before it was made`)
    return file
  }
}
