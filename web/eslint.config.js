import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

// Lower may not import upper: api, format, text, map, state -> stores -> ui -> features -> shell.
const forbid = (files, ignores, group, message) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { patterns: group.map((regex) => ({ regex, message })) }] },
})

const FEATURES = ['public', 'session', 'account', 'imports', 'admin', 'audit', 'map', 'parcels', 'boundary', 'search']
// A feature that offers a slot to others lists here what may be imported from it.
const SLOTS = {
  search: ['SearchBox.vue'],
  imports: ['TaskTray.vue'],
  map: ['MapCanvas.vue'],
  boundary: ['BoundaryEditor.vue'],
  parcels: ['ParcelPanel.vue', 'ParcelList.vue', 'FilterChips.vue', 'StageMark.vue', 'TroubleMark.vue'],
}

const noOtherFeature = FEATURES.map((feature) => ({
  files: [`src/features/${feature}/**`],
  rules: {
    'no-restricted-imports': ['error', {
      patterns: [
        { regex: '^@/shell', message: 'features know nothing of the shell' },
        ...FEATURES.filter((other) => other !== feature).map((other) => {
          const allowed = (SLOTS[other] ?? []).map((name) => name.replace('.', '\\.')).join('|')
          return {
            regex: `^@/features/${other}/${allowed ? `(?!(${allowed})$)` : ''}`,
            message: 'features do not import each other, except an agreed slot',
          }
        }),
      ],
    }],
  },
}))

export default ts.config(
  { ignores: ['dist/**', 'src/api/schema.d.ts'] },
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: {
      parserOptions: {
        parser: ts.parser,
        projectService: { allowDefaultProject: ['eslint.config.js', 'scripts/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: false, skipComments: false }],
      'no-restricted-globals': ['error', { name: 'fetch', message: 'requests are made in api/ only' },
        { name: 'EventSource', message: 'streams are opened in api/ only' },
        { name: 'XMLHttpRequest', message: 'requests are made in api/ only' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/require-default-prop': 'off',
      'vue/attributes-order': 'off',
      'no-undef': 'off',
    },
  },
  { files: ['**/*.js', '**/*.mjs'], ...ts.configs.disableTypeChecked },
  { files: ['src/api/**'], rules: { 'no-restricted-globals': 'off' } },
  forbid(['src/map/**', 'src/state/**', 'src/format/**'], [],
    ['^vue', '^pinia', '^element-plus', '^@/(stores|ui|features|shell)'],
    'plain TypeScript without Vue, below everything that draws'),
  forbid(['src/api/**'], [], ['^@/(stores|ui|features|shell|map)'], 'api stands below the stores'),
  forbid(['src/stores/**'], [], ['^@/(ui|features|shell)'], 'stores stand below ui'),
  forbid(['src/ui/**'], [], ['^@/(features|shell)'], 'ui stands below the features'),
  ...noOtherFeature,
)
