import type { Text } from '../zh'

export const chosen: Text['chosen'] = {
  label: 'Chosen parcels', count: '{n} chosen', now: '{n} ‹parcel/parcels› chosen', most: 'At most {n} at once', pick: 'Choose {code}', all: 'Choose the {n} listed',
  show: 'Show', clear: 'Clear', check: 'Constraints', checkTitle: 'Constraints of {n} ‹parcel/parcels›', mode: 'Choose', modeHint: 'Choose several parcels; or click with Ctrl or Shift held',
  two: 'Choose two at least to merge', tooMany: 'At most {n} can be merged at once', onlyToday: 'Nothing can be merged on a past day',
  drop: 'Take out', dropOne: 'Take out {code}', keys: 'Add a parcel',
}
