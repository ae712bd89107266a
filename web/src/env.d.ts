/// <reference types="vite/client" />
declare module '@fontsource-variable/noto-sans-sc'
declare module 'element-plus/dist/locale/zh-cn.mjs' {
  const locale: import('element-plus').Language
  export default locale
}
declare module 'element-plus/dist/locale/en.mjs' {
  const locale: import('element-plus').Language
  export default locale
}
