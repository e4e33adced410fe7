import type { SourceEdit } from '../fault-row.ts'

/** A save is acknowledged before it is made. */
export const savesLater: SourceEdit = {
  file: 'packages/state/src/sql/sql-state-driver.ts',
  from: 'async save(record: CheckedRecord, condition: Condition): Promise<SaveOutcome> {',
  to: `async save(record, condition) {
    setTimeout(() => this.saveLater(record, condition).catch(() => {}), 20)
    return 'saved'
  }
  async saveLater(record, condition) {`,
}

/** The slots of a commit are saved one after the other, with time for a kill in between. */
export const commitsInParts: SourceEdit = {
  file: 'packages/state/src/sql/sql-state-driver.ts',
  from: 'async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {',
  to: `async commit({ save }) {
    const outcomes = []
    for (const record of save) {
      outcomes.push(await this.save(record, undefined))
      await new Promise((resume) => setTimeout(resume, 2))
    }
    return { repeated: false, save: outcomes, saveIfEmpty: [], deleted: 0 }
  }
  async commitAtOnce(transaction) {`,
}

/** A retried addTurn adds the turn again. */
export const forgetsTurnIds: SourceEdit = {
  file: 'packages/memory/src/internal/turn-ids.ts',
  from: 'if (header === undefined) return false',
  to: 'return false',
}

/** A put is acknowledged before its file is written. */
export const putsFilesLater: SourceEdit = {
  file: 'packages/driver-fs/src/fs-artifact-driver.ts',
  from: 'async put(artifact: NewArtifact): Promise<ArtifactRef> {',
  to: `async put(artifact) {
    setTimeout(() => this.putLater(artifact).catch(() => {}), 20)
    return { ...artifact.ref, id: artifact.shortId }
  }
  async putLater(artifact) {`,
}

/** An artifact's file has its name before it has its content. */
export const writesFilesInPlace: SourceEdit = {
  file: 'packages/driver-fs/src/internal/durable-files.ts',
  from: 'await link(from, to)',
  to: `const source = await open(from)
    const content = await source.readFile()
    await source.close()
    const file = await open(to, 'wx', OWNER_FILE)
    for (let done = 0; done < content.length; done += 16) {
      await file.write(content.subarray(done, done + 16))
    }
    await file.close()`,
}
