import type { Text } from '../zh'

export const constraints: Text['constraints'] = {
  rule: { forbidden: 'Forbidden', needs_procedure: 'Needs procedure', allowed: 'Allowed' },
  stale: 'Out of date', withdrawn: 'Layer withdrawn', drawn: 'The overlaps are drawn on the map, hatched as here.', staleWhy: 'A control layer or the boundary has changed since. Compare again.',
  never: 'Not compared yet', neverHint: 'What the control layers in force say of this parcel will be listed here.',
  clear: 'No control layer concerns it', clearHint: 'It shares no more than 1 m² with any layer in force.',
  run: 'Compare now', again: 'Compare again', running: 'Comparing', done: 'Compared: {n} ‹result/results›',
  by: 'Compared {at} by {who}',
  inside: 'lies inside', outside: 'lies outside', all: 'all of it',
  of: '{layer} (version {version}, {date})', source: 'Source', law: 'Basis', unverified: 'article not verified', areas: 'Areas',
  missing: 'No layer imported, so nothing is known: {types}',
  caution: 'A first look; the competent authority decides.',
  layers: {
    title: 'Control layers', hint: 'A layer of the same type and name becomes a new version: it replaces the old one as a whole, which stays as history; results so far are marked as out of date.',
    empty: 'No control layers yet', emptyHint: 'Import farmland, redlines and others, and every parcel can be compared with them.',
    type: 'Type', name: 'Name', rule: 'Rule', version: 'Version', date: 'Data of', source: 'Source', features: 'Areas', by: 'Imported by', at: 'Imported at',
    inForce: 'In force', superseded: 'Replaced {date}', withdrawn: 'Withdrawn {date}', acts: 'Actions', history: 'Show earlier versions', list: 'Layers', legend: 'Control layers in force', none: 'No control layer in force',
  },
  withdraw: {
    act: 'Withdraw', open: 'Withdraw {name}', title: 'Withdraw a control layer', which: 'Version {version}, {n} ‹area/areas›', map: 'The map shows it no more, and no comparison uses it.',
    results: 'Results by it stay, marked “Layer withdrawn”, and count no more.', before: 'No earlier version comes back into force; import it again if it should.',
    reason: 'Reason', reasonHint: 'Goes to the audit log', needReason: 'Say why it is withdrawn', confirm: 'Withdraw', done: '{name} was withdrawn',
  },
  upload: {
    title: 'Import a control layer', name: 'Layer name', nameHint: 'The same name makes a new version', source: 'Source', sourceHint: 'Who issued it, number of the document', date: 'Date of the data',
    published: 'The control layer is in force: {n} ‹area/areas›', toLayers: 'To the control layers',
    needType: 'Choose a type', needName: 'Give a name', needSource: 'Give the source', needDate: 'Give the date of the data',
  },
  bulk: {
    tray: 'Comparisons',
    title: 'Compare many', hint: 'Compares every parcel that you may see with the layers in force and replaces the results.', start: 'Compare all parcels', progress: 'Progress of the comparison', of: '{done} of {total} ‹parcel/parcels›', waiting: 'Waiting',
    done: 'Compared {n} ‹parcel/parcels›', failed: 'Not all parcels were compared', task: 'Comparison of {at}', dismiss: 'Put away the comparison of {at}',
  },
  results: {
    title: 'Constraint results', hint: 'Which control layers concern which parcels, as last compared.', list: 'Results', parcel: 'Parcel', area: 'Area (mu)', share: 'Share', at: 'Compared', state: 'State', current: 'Current',
    rule: 'Rule', type: 'Type', anyType: 'Every type', anyRule: 'Every rule', anyState: 'Current and out of date', filters: 'Filter the results',
    empty: 'No results', emptyHint: 'Widen the filter, or compare all parcels under “Control layers”.',
  },
  tabs: 'Data pages',
}
