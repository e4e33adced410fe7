/** What is used of mermaid. Its own declarations need a package that it does not depend on. */
declare const mermaid: {
  initialize(config: { readonly startOnLoad: boolean; readonly htmlLabels: boolean }): void
  /** Rejects if the text is not a diagram. */
  parse(text: string): Promise<unknown>
  /** @param id Of the SVG element; unique within the document. */
  render(id: string, text: string): Promise<{ readonly svg: string }>
}

export default mermaid
