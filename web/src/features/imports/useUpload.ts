import { computed, onUnmounted, reactive, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { asProblem, type Problem } from '@/api/problem'
import type { Import } from '@/api/types'
import { usePlaces } from '@/stores/places'
import { useTasks } from '@/stores/tasks'
import { useUnsavedGuard } from '@/ui/unsaved'

/** What every file that is sent says of itself. */
export interface Sending { jurisdiction: string, crs: string }
export type Progress = (share: number) => void

export interface Upload {
  file: Readonly<ShallowRef<File | null>>
  choose: (file: File | null) => void
  problem: ShallowRef<Problem | null>
  /** Percent sent; null: nothing is on its way. */
  sent: Ref<number | null>
  /** Words by field: what the service refused, and what is still missing. */
  errors: ComputedRef<Record<string, string | undefined>>
  /** Until the jurisdictions are there to choose from, a quick press would be refused for want of one. */
  waiting: ComputedRef<boolean>
  start: () => Promise<void>
  cancel: () => void
}

/** A file on its way to becoming an import: `send` carries it, `wanting` names what else must be said first. */
export function useUpload(
  form: Sending, send: (file: File, onProgress: Progress, signal: AbortSignal) => Promise<Import>, wanting: () => Record<string, string> = () => ({}),
): Upload {
  const { t } = useI18n()
  const router = useRouter()
  const places = usePlaces()
  const tasks = useTasks()
  const file = shallowRef<File | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const sent = ref<number | null>(null)
  const missing = reactive<Record<string, string>>({})
  let sending: AbortController | null = null

  const onlyPlace = computed(() => (places.mine.length === 1 ? places.mine[0]?.code ?? '' : ''))
  watch(onlyPlace, (code) => { if (form.jurisdiction === '') form.jurisdiction = code }, { immediate: true })
  const filled = computed(() => Object.fromEntries(Object.entries(missing).filter(([, words]) => words !== '')))
  const errors = computed<Record<string, string | undefined>>(() => ({ ...problem.value?.fields(), ...filled.value }))
  const waiting = computed(() => places.all.length === 0 && places.problem === null)

  useUnsavedGuard(() => file.value !== null)
  onUnmounted(() => sending?.abort())

  async function start(): Promise<void> {
    if (sent.value !== null || waiting.value) return
    Object.assign(missing, {
      file: file.value === null ? t('imports.upload.needFile') : '',
      jurisdiction: form.jurisdiction === '' ? t('imports.upload.needJurisdiction') : '',
      ...wanting(),
    })
    if (file.value === null || Object.keys(filled.value).length > 0) return
    problem.value = null
    sent.value = 0
    sending = new AbortController()
    try {
      const started = await send(file.value, (share) => { sent.value = Math.round(share * 100) }, sending.signal)
      file.value = null
      tasks.follow(started)
      await router.push({ name: 'import', params: { id: started.id } })
    } catch (thrown) {
      if (!(thrown instanceof DOMException)) problem.value = asProblem(thrown)
    }
    sent.value = null
  }

  return { file, choose: (chosen) => { file.value = chosen }, problem, sent, errors, waiting, start, cancel: () => sending?.abort() }
}
