/** Steps that can be taken back and taken again; a new step drops those that were taken back. */
export class History<T> {
  private past: T[] = []
  private future: T[] = []

  constructor(private current: T) {}

  get now(): T { return this.current }
  get canUndo(): boolean { return this.past.length > 0 }
  get canRedo(): boolean { return this.future.length > 0 }

  push(next: T): void {
    this.past.push(this.current)
    this.current = next
    this.future = []
  }

  /** The state before the last step; the present one when there is none. */
  undo(): T {
    const before = this.past.pop()
    if (before === undefined) return this.current
    this.future.push(this.current)
    return (this.current = before)
  }

  redo(): T {
    const after = this.future.pop()
    if (after === undefined) return this.current
    this.past.push(this.current)
    return (this.current = after)
  }
}
