import { ElMessageBox } from 'element-plus'
import { onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'
import { onBeforeRouteLeave } from 'vue-router'

/** Ask whether unsaved changes may be thrown away; true when they may. */
export function useLeaveQuestion(): () => Promise<boolean> {
  const { t } = useI18n()
  return async () => {
    try {
      await ElMessageBox.confirm(t('common.unsaved.text'), t('common.unsaved.title'), {
        confirmButtonText: t('common.unsaved.leave'), cancelButtonText: t('common.unsaved.stay'), type: 'warning',
      })
      return true
    } catch {
      return false
    }
  }
}

/** Guard a page's form: asks before another page or a reload drops what was filled in. */
export function useUnsavedGuard(dirty: () => boolean): void {
  const mayLeave = useLeaveQuestion()
  onBeforeRouteLeave(async (to) => (to.name === 'login' || !dirty() ? true : mayLeave()))
  const onUnload = (event: BeforeUnloadEvent): void => { if (dirty()) event.preventDefault() }
  addEventListener('beforeunload', onUnload)
  onScopeDispose(() => removeEventListener('beforeunload', onUnload))
}
