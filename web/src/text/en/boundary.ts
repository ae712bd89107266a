import type { Text } from '../zh'

export const boundary: Text['boundary'] = {
  edit: 'Edit boundary', title: 'Edit boundary', close: 'Leave editing', mapless: 'The map can’t be shown; points can be changed in the table below.',
  bar: {
    label: 'Boundary tools', edit: 'Points', editHint: 'Drag a point; click a small dot on an edge to insert one; delete one by a right click or in the table', outline: 'Redraw', outlineHint: 'Click the new outline point by point, the first point again to finish; it takes the place of the present one', first: 'Outline', firstHint: 'Click the points of the parcel one by one, the first again to finish; points of neighbours are snapped to',
    hole: 'Cut out', holeHint: 'Draw a polygon that is taken out of the parcel', line: 'Cut', lineHint: 'Draw a line across the parcel, double-click or click the last point to finish; then choose which piece to keep', snap: 'Snap to neighbours', undo: 'Undo', redo: 'Redo', cutting: 'Cutting…',
  },
  system: 'Coordinates', systems: { local: '{epsg} (no zone number)', prefixed: '{epsg} (zone number)', degrees: '4490 (degrees)', own: '{epsg}' },
  ring: 'Ring', rings: { shell: 'Ring {n}', hole: 'Ring {n} (hole)' }, dropRing: 'Remove this ring',
  point: 'Point', north: 'X (north)', east: 'Y (east)', latitude: 'Latitude', longitude: 'Longitude', insert: 'Insert a point after {name}', remove: 'Delete {name}', wrong: '“{value}” is no coordinate', more: 'Show {n} more ‹point/points›', of: '{axis} of {name}',
  base: 'Saved in {crs}; points that are not touched stay exactly as they were surveyed.', noBase: 'The parcel has no survey that can be taken up as it is; saved in degrees.',
  area: 'Area of the shape', before: 'was {m2} m²', legal: 'Legal area {m2} m²', unchanged: 'No changes', changed: 'Unsaved changes',
  typed: { open: 'Type coordinates…', what: 'What the coordinates are', kinds: { line: 'Cut', hole: 'Cut out', outline: 'New outline' }, label: { line: 'Points of the cutting line', hole: 'Points of what is cut out', outline: 'Points of the new outline' }, act: { line: 'Cut along this line', hole: 'Cut this out', outline: 'Take this outline' }, few: 'Three different points at least', replaces: 'Takes the place of the whole boundary, holes included.' }, keep: 'Cut into {n} ‹piece/pieces›. Keep:', piece: 'Piece {n} ({m2} m²)', notCut: 'The line doesn’t cut the parcel.', nothing: 'Nothing would be left.',
  check: 'Check', checking: 'Checking…', save: 'Save as new survey…', clean: 'Checked: nothing found.', found: '{errors} ‹error/errors›, {warnings} ‹warning/warnings›', stale: 'Changed since the last check', errors: 'Error', warnings: 'Warning', show: 'Show on the map',
  mustCheck: 'Check it first', mustMend: 'Mend the errors first',
  sheet: 'Save as new survey: {code}', intro: 'The boundary becomes what the new survey says. The surveys before stay in the history; nothing is overwritten.', surveyedOn: 'Surveyed on', surveyor: 'Surveyed by', reason: 'Reason', reasonHint: 'Why the boundary changes, for example “resurveyed after the road was set out”', optional: 'optional',
  newLegal: 'New legal area (m²)', newLegalHint: 'Only if the document states one; otherwise the legal area stays', confirm: 'Save', saved: 'Saved as a new survey', future: 'The survey can’t be later than today ({today})', needAll: 'Give the day, the surveyor and the reason',
  conflict: 'Somebody has just changed this parcel; this edit can’t be saved. Reading it again drops the edit.', reread: 'Drop and read again',
  first: {
    title: 'New parcel', about: 'The new parcel', code: 'Parcel code', codeHint: 'Issued as jurisdiction-year-number if left empty', name: 'Name', jurisdiction: 'Jurisdiction', choose: 'Choose', address: 'Address', list: 'Code list', use: 'Land use', usePlaceholder: 'Code or name',
    base: 'Saved in {crs}.', baseNow: 'Saved in {crs}; another system can be chosen before anything is drawn.', mapless: 'The map can’t be shown; type the coordinates of the points.', far: 'Zoom in to snap to the points of neighbours.', nothing: 'Draw or type the boundary first', needJurisdiction: 'Choose a jurisdiction', save: 'Save parcel…', saved: 'Parcel {code} is registered',
    sheet: 'Save new parcel', intro: 'The parcel is registered as a candidate; the boundary is its first survey.', reason: 'What it rests on', reasonHint: 'For example “red line of the acquisition project”', legal: 'Legal area (m²)', legalHint: 'Only if a document states one', needAll: 'Give the day, the surveyor and what it rests on',
  },
  surveys: 'Surveys', imported: 'Imported with a file', points: '{n} boundary ‹point/points›', by: 'Surveyed by {surveyor}',
}
