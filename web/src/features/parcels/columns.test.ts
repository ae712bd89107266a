// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { nextTick } from 'vue'
import { AT_FIRST, readColumns, useColumns } from './columns'

it('shows the usual columns until somebody chooses', () => expect(readColumns(null)).toEqual(AT_FIRST))

it('keeps the order of the list, drops what it does not know, and never loses the code', () => {
  expect(readColumns('updated,lot,price,lot')).toEqual(['code', 'lot', 'updated'])
  expect(readColumns('')).toEqual(['code'])
})

it('remembers the choice of each person', async () => {
  const mine = useColumns('mine')
  mine.value = ['code', 'lot']
  await nextTick()
  expect(useColumns('mine').value).toEqual(['code', 'lot'])
  expect(useColumns('other').value).toEqual(AT_FIRST)
})
