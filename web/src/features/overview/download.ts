const quoted = (value: string | number): string => (typeof value === 'string' && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value))

/** Lines as a CSV that a spreadsheet opens in Chinese. */
export const csv = (lines: readonly (readonly (string | number)[])[]): string => `\uFEFF${lines.map((line) => line.map(quoted).join(',')).join('\r\n')}\r\n`

/** Hand a file to the browser. */
export function save(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

export const saveTable = (name: string, lines: readonly (readonly (string | number)[])[]): void => save(`${name}.csv`, new Blob([csv(lines)], { type: 'text/csv' }))

/** Draw an SVG of the page as a PNG, with the colours it has there. */
export async function savePicture(name: string, svg: SVGSVGElement): Promise<void> {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const parts = [...svg.querySelectorAll<SVGElement>('*')]
  copy.querySelectorAll<SVGElement>('*').forEach((part, at) => {
    const source = parts[at]
    if (source === undefined) return
    const { fill, stroke, strokeWidth, font } = getComputedStyle(source)
    Object.assign(part.style, { fill, stroke, strokeWidth, font })
  })
  const { width, height } = svg.getBoundingClientRect()
  copy.setAttribute('width', String(width))
  copy.setAttribute('height', String(height))
  const image = new Image()
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = width * 2
  canvas.height = height * 2
  const context = canvas.getContext('2d')
  if (context === null) return
  context.fillStyle = getComputedStyle(document.body).getPropertyValue('--surface')
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  canvas.toBlob((blob) => { if (blob !== null) save(`${name}.png`, blob) })
}
