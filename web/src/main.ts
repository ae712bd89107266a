import { createPinia } from 'pinia'
import { createApp } from 'vue'
import './styles/main.ts'
import App from './shell/App.vue'
import { createAppRouter } from './shell/router'
import { usePreferences } from './stores/preferences'
import { i18n } from './text'

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
usePreferences()
app.use(createAppRouter())
app.mount('#app')
