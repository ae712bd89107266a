import { useI18n } from 'vue-i18n'
import type { Problem } from '@/api/problem'

/** Words for a problem: the service's own, or ours where the service could say nothing. */
export function useProblemWords(): { title: (problem: Problem) => string, detail: (problem: Problem) => string } {
  const { t } = useI18n()
  return {
    title(problem) {
      if (problem.code === 'network') return t('common.problem.network.title')
      if (problem.code === 'unexpected') return t('common.problem.unexpected.title')
      if (problem.code.startsWith('http_')) return t('common.problem.http.title')
      return problem.title || t('common.problem.title')
    },
    detail(problem) {
      if (problem.code === 'network') return t('common.problem.network.detail')
      if (problem.code === 'unexpected') return `${t('common.problem.unexpected.detail')} ${problem.detail}`
      if (problem.code.startsWith('http_')) return t('common.problem.http.detail', { status: problem.status })
      return problem.detail
    },
  }
}
