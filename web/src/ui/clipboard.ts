/** Put text on the clipboard. On a plain-http address of the office network the browser offers only the old way. */
export async function copyText(text: string): Promise<void> {
  // The type says it is always there; outside https and localhost it is not.
  const clipboard = navigator.clipboard as Clipboard | undefined
  if (clipboard !== undefined) return clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  document.body.append(field)
  field.select()
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- no other way without a secure context
  document.execCommand('copy')
  field.remove()
}
