/** What a store has in its database, besides its ledger of migrations. */
export interface StoredObjects {
  readonly tables: readonly string[]
  readonly triggers: readonly StoredTrigger[]
}

/** A trigger of a table; its function is in the same schema. */
export interface StoredTrigger {
  readonly table: string
  readonly name: string
}
