import { expect, it } from 'vitest'
import { History } from './history'

it('takes steps back and again', () => {
  const history = new History('a')
  history.push('b')
  history.push('c')
  expect([history.undo(), history.undo(), history.canUndo]).toEqual(['b', 'a', false])
  expect([history.redo(), history.redo(), history.canRedo]).toEqual(['b', 'c', false])
})

it('drops what was taken back when a new step is made', () => {
  const history = new History(1)
  history.push(2)
  history.undo()
  history.push(3)
  expect([history.now, history.canRedo, history.redo(), history.undo()]).toEqual([3, false, 3, 1])
})

it('stays where it is when there is nothing to take back', () => {
  const history = new History('only')
  expect([history.undo(), history.redo(), history.canUndo, history.canRedo]).toEqual(['only', 'only', false, false])
})
