import type { Text } from '../zh'

export const deadlines: Text['deadlines'] = {
  title: 'Deadlines', hint: 'What is overdue and what falls due soon; by default what concerns one’s own role.', filters: 'Filter deadlines', within: 'Due within', days: 'Due in {n} ‹day/days›', which: 'Overdue', both: 'Overdue and soon', overdue: 'Overdue', soon: 'Not overdue',
  role: 'Role', mine: 'My role ({role})', roles: { all: 'All roles', administrator: 'Administrator', planner: 'Planner', registrar: 'Registrar', listing_officer: 'Listing officer', track_officer: 'Track officer', approver: 'Approver', viewer: 'Viewer' },
  sum: '{n} in all, {late} overdue', kinds: 'Filter by kind', due: 'Due', standing: 'Left', kind: 'Kind', what: 'What', late: '{n} ‹day/days› overdue', today: 'Due today', left: '{n} ‹day/days› left',
  empty: 'Nothing is due', emptyHint: 'Look further ahead, or at all roles.',
}
