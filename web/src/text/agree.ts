const CHOICE = /(?:(\d[\d,.]*)([^\d‹›]*))?‹([^/›]*)\/([^›]*)›/gu

/** English words that agree with the figure before them: the words of the pages write `{n} ‹parcel is/parcels are› added`. */
export function agreed(text: string): string {
  return text.replace(CHOICE, (_, figure: string | undefined, between: string | undefined, one: string, several: string) =>
    `${figure ?? ''}${between ?? ''}${figure === '1' ? one : several}`)
}
