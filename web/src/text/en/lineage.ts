import type { Text } from '../zh'

export const lineage: Text['lineage'] = {
  title: 'Lineage', split: 'Split', merge: 'Merge', undo: 'Undo', into: 'became', self: 'this parcel', gone: 'ended', open: 'Open {code}',
  retired: 'Ended on {date} by a split, a merge or an undoing; its code is not used again. It is now:',
  mergeTitle: 'Merge parcels', old: 'Old parcels', version: 'Version', outcome: 'After merging', newCode: 'New code', newCodeHint: 'Left empty, one is issued after the old code', legalHint: 'Legal areas come from the approval; they are never computed',
  splitTitle: 'Split {code}', parts: 'After splitting', legalM2: 'Legal area (m²)', codeOf: 'Code of part {n}', legalOf: 'Legal area of part {n}',
  way: 'How to split', ways: { draw: 'Draw', points: 'Coordinates', file: 'File' }, need: { draw: 'Draw the dividing line on the map', points: 'Give the points of the dividing line', file: 'Choose a file with the shapes of the parts' },
  draw: { hint: 'Click point after point across the parcel, double click to end; near the boundary it snaps.', edit: 'Drag vertices to move them; a right click deletes one.', undo: 'Undo', redo: 'Redo', again: 'Draw anew', figures: 'Edit as coordinates', long: '{n} ‹point/points›, {m} m long' },
  points: 'Points of the dividing line',
  file: { file: 'Shapes of the parts', hint: 'The formats of an import; each row is a part. The file is not kept.', reading: 'Reading the file', read: '{n} ‹shape/shapes› read (EPSG:{crs})', row: 'Row {n}:', error: 'Error', warning: 'Note' },
  reason: 'Reason', override: 'Override', overrideHint: 'Why it is to be done all the same; what an approver decides needs a document too', badArea: 'The area is a number of m²', trying: 'Trying…',
  findings: 'Findings', severity: { block: 'Blocks', warn: 'Note' },
  waiver: { reason: 'A reason sets this aside', approver: 'An approver’s reason, with a document, sets this aside' },
  obstacle: { trial: 'The trial failed, see above', none: 'Something blocks this; mend it first', approver: 'An approver has to do this', reason: 'Give the override reason', document: 'Attach a document' },
  balance: {
    plane: { before: 'Plane area of the old parcels', after: 'Plane area of the new' }, legal: { before: 'Legal area of the old parcel', after: 'Legal areas of the parts' }, missing: '{n} to be given', difference: 'Difference', fits: 'balanced (allowed {m2} m²)', off: 'more than the {m2} m² allowed',
  },
  stale: 'Someone else has just changed a parcel. Read it again first; what you filled in stays.', forGood: 'Old codes end and lead to the new parcels; this can’t be deleted.',
  number: 'Operation number', ended: 'Ended', made: 'New parcels', oldCodes: 'The old codes can still be looked up and lead to the new parcels.', done: { split: 'Split', merge: 'Merged', undo: 'Undone' },
  undoing: {
    title: { split: 'Undo the split', merge: 'Undo the merge', undo: 'Undo' }, ends: 'Ends', revives: 'Stands again', note: 'Why it is undone', needNote: 'Say why it is undone', confirm: 'Undo', done: 'Undone; the old parcels stand again',
    intro: 'It counts as never done, from its own day on: the new codes end and are not used again, the old parcels stand as they were. What was built on the new parcels stands in the way.', was: 'Undone {date} by {actor}:',
  },
}
