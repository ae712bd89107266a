/// <reference types="vite/client" />
declare module '@fontsource-variable/noto-sans-sc'
declare module '*.vue' {
  import type { DefineComponent } from 'vue'

  const component: DefineComponent
  export default component
}
