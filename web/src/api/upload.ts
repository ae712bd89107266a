import { failure, headersFor, readJson } from './client'
import { Problem } from './problem'

/**
 * Send a form with files, telling how much has gone out (0 to 1).
 * XMLHttpRequest, because fetch cannot tell. Throws `Problem`; an abort rejects with `AbortError`.
 */
export function upload<T>(
  path: string, form: FormData, onProgress: (share: number) => void, signal?: AbortSignal,
  how: { method: 'POST' | 'PUT', headers: Readonly<Record<string, string>> } = { method: 'POST', headers: {} },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(how.method, path)
    for (const [name, value] of Object.entries({ ...headersFor(how.method), ...how.headers })) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total) }
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(readJson(request.responseText) as T)
      else reject(failure(request.status, readJson(request.responseText), request.getResponseHeader('X-Request-ID') ?? ''))
    }
    request.onerror = () => reject(new Problem({ code: 'network' }))
    request.onabort = () => reject(new DOMException('upload cancelled', 'AbortError'))
    signal?.addEventListener('abort', () => request.abort())
    request.send(form)
  })
}
