/** What a graph keeps in each state besides its messages. */
export const DOCUMENTS = [
  { of: 'no document', characters: 0 },
  { of: 'a document of 42 KB', characters: 42_000 },
] as const

/** Returns the label of a size on the disk. */
export function diskLabel(ofHarborage: boolean, { of }: (typeof DOCUMENTS)[number]): string {
  return `${ofHarborage ? 'HarborageSaver' : 'the official saver'}, ${of}`
}
