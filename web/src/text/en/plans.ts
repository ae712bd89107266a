import type { Text } from '../zh'

export const plans: Text['plans'] = {
  status: { draft: 'Draft', submitted: 'Submitted', approved: 'Approved', published: 'In force', amended: 'Replaced' },
  list: {
    title: 'Supply plans', hint: 'The annual plan for supplying state-owned construction land: one per jurisdiction and year, drafted, submitted, approved and published by edition. A change is a new edition.',
    year: 'Year', edition: 'Edition', status: 'Status', name: 'Title', jurisdiction: 'Jurisdiction', items: 'Plots', area: 'Area (ha)', published: 'Published',
    anyYear: 'All years', anyStatus: 'Every status', filters: 'Filter plans', empty: 'No plan meets the filter', emptyHint: 'Widen the filter, or begin the plan of a new year.', of: 'Edition {n}',
  },
  begin: { button: 'New plan', title: 'Begin the plan of a year', year: 'Year', needYear: 'Give a year between 1990 and 2099', confirm: 'Begin' },
  tabs: { label: 'Pages of the plan', progress: 'Progress', items: 'Plots', totals: 'Totals and checks', targets: 'Monthly targets', map: 'Map', editions: 'Editions' },
  step: {
    submit: 'Submit', return: 'Return', approve: 'Approve', publish: 'Publish', amend: 'Amend (next edition)', export: 'Export XLSX', import: 'Import XLSX',
    will: { submit: 'Once submitted, plots can’t be changed until the plan is returned.', return: 'Give the plan back for more work, and say why.', approve: 'Approve this edition. Not by who submitted it.', publish: 'It comes into force and replaces the present edition; the baselines of its targets are fixed.', amend: 'Begin the next edition with the same plots; the present one stays in force until that is published.' },
    date: 'Effective on', note: 'Note', needNote: 'Say why it is returned', done: 'Done: {step}', findings: 'To be settled first', warnings: 'Worth a look', confirm: '{step}', rows: 'Show plots',
  },
  unit: { ha: 'ha', of: 'ha a month' },
  progress: {
    by: 'Split by', list: 'Progress by part', planned: 'Planned', plannedHa: 'Planned (ha)', supplied: 'Supplied', suppliedHa: 'Supplied (ha)', rate: 'Rate', due: 'Due', dueHint: 'planned for months that are over', gap: 'Due, not supplied', ahead: '{n} ahead', pace: 'Needed each month from now', over: 'The year is over',
    outside: 'Outside the plan', member: 'Part', unsaid: 'Not said', plots: '{n} ‹plot/plots›', total: 'Total', months: 'Planned and supplied by month', month: 'Month {n}', soFar: 'so far', monthsList: 'Table of months', left: '{n} ‹month/months› left', asOf: 'As of {date}; supply counts from the day a contract or allocation takes effect',
    dimension: { total: 'Total', class: 'Use', housing_class: 'Housing', district: 'District', quarter: 'Quarter', month: 'Month', source: 'Source', method: 'Method' }, chart: 'Bars of planned and supplied land by month', download: 'Download CSV',
    outsideTitle: 'Parcels supplied outside the plan', outsideEmpty: 'Nothing was supplied outside the plan', suppliedOn: 'Supplied on',
  },
  items: {
    list: 'List of plots', filters: 'Filter plots', plot: 'Plot', area: 'Area (ha)', use: 'Use', source: 'Source', method: 'Method', timing: 'Timing', region: 'District', stage: 'Stage', supplied: 'Supply', carried: 'Carried from {year}', unsurveyed: 'Not surveyed', quarter: 'Q{n}', notYet: 'not yet', retired: 'split or merged',
    sum: '{n} ‹plot/plots›, {area} ha, {supplied} ha supplied', search: 'Code or name', empty: 'No plot meets the filter', emptyHint: 'Widen the filter.', emptyDraft: 'Add plots, import an XLSX, or carry over what was not supplied last year.', all: 'All', any: '{what}: all', actions: 'Actions',
    chips: { supplied: 'Supplied', unsupplied: 'Not supplied', carried: 'Carried over', missing: 'Missing: {what}', supplied_month: 'Supplied in month {n}' }, missing: { structure: 'structure', timing: 'timing', parcel: 'plot', use: 'use', class: 'class differs' },
    add: 'Add a plot', edit: 'Change', remove: 'Remove', removeAsk: 'Remove “{plot}” from the plan?', carry: 'Carry over', removed: 'Removed', saved: 'Saved',
  },
  edit: {
    add: 'Add a plot', change: 'Change a plot', parcel: 'Parcel code', parcelHint: 'What is left out is taken from the parcel; empty if not surveyed', name: 'Name', area: 'Area (ha)', use: 'Class of use', housing: 'Kind of housing', landUse: 'Land-use code (2023)', source: 'Source', method: 'Method', quarter: 'Quarter', month: 'Month', note: 'Note', fromParcel: 'From the parcel', none: 'Open', geometry: 'Sketch (GeoJSON, may be empty)', badGeometry: 'Not a GeoJSON polygon',
    stale: '{by} has changed this plot:', field: '{field}: {before} → {after}', reread: 'Take the latest and fill in again',
  },
  carry: { title: 'Carry over what {year} did not supply', none: 'Nothing of {year} can be carried over', noneHint: 'No plan is in force, or its unsupplied plots are in this plan already.', planned: 'Was planned', choose: 'Choose {plot}', all: 'Choose all', confirm: 'Carry over {n}', done: '{n} carried over; now say when' },
  totals: {
    enter: 'Enter printed totals', enterHint: 'As the plan’s document prints them, in hectares; leave empty what it does not print.', noArea: 'Not an area', title: 'Table of totals', hint: '“Printed” is the area in the plan’s document, “summed” what its plots add up to. A difference is told, never evened out.', dimension: 'By', member: 'Part', declared: 'Printed (ha)', summed: 'Summed (ha)', difference: 'Difference (ha)', items: 'Plots', list: 'Totals line by line', findings: 'Findings', none: 'No findings', fine: 'All five things to be published are there, and the totals agree.', count: '{n} ‹finding/findings›',
  },
  sheet: { title: 'Import XLSX', hint: 'In the layout of the export: its second sheet lists the plots, its first holds the printed totals. Plots that the workbook lacks are removed.', file: 'Workbook', check: 'Check', apply: 'Import', needFile: 'Choose an XLSX file', would: '{added} would be added, {changed} changed, {removed} removed, {same} unchanged; {totals} printed ‹total/totals›.', done: 'Imported: {added} added, {changed} changed, {removed} removed, {same} the same' },
  targets: {
    kind: { siting: 'Siting', design: 'Design', scheme: 'Supply scheme', notice: 'Notice', listing: 'Listing', sale: 'Sale' }, standing: { undated: 'No month', due: 'Due this month', later: 'Later', overdue: 'Overdue', met: 'Met', met_late: 'Met late' },
    board: 'Board of monthly targets', list: 'List of targets', none: 'No targets yet', noneHint: 'Set months for scheme, listing and so on under Plots.', undated: 'No month', baseline: 'Baseline {month}', forecast: 'Forecast {month}', moved: 'moved from {from}', reached: 'reached {date}', waiting: 'Waiting: move to {month}', lock: 'The last {n} ‹day of a month is/days of a month are› locked: a change then needs an approver.',
    anyKind: 'Every target', anyStanding: 'Any standing', filters: 'Filter targets', change: 'Move', decide: 'Decide', history: 'History', set: 'Set a target', month: 'Month', reason: 'Reason', note: 'Note', needReason: 'Choose a reason', needMonth: 'Choose a month', clearMonth: 'No month', needNote: 'Say which other reason', locked: 'That month is locked: the change will wait for an approver.', confirm: 'Ask for the change', approve: 'Agree', refuse: 'Refuse', source: 'From',
    asked: '{actor} asked: {from} → {to} ({reason})', decided: { yes: '{actor} agreed', no: '{actor} refused', waiting: 'waiting', free: 'no approval needed' }, title: '{plot}: {kind}', done: 'Target moved', waits: 'Asked; waiting for an approver', noHistory: 'Never changed', count: '{n} ‹target/targets›', setTitle: 'Set a monthly target', kindLabel: 'Target',
  },
  map: { label: 'The plan on the map', by: 'Colour', byClass: 'By use', byProgress: 'By progress', lots: 'Too many plots here to show all; look closer.', progress: { supplied: 'Supplied', overdue: 'Overdue', due: 'Due this month', later: 'Later', undated: 'No timing' }, list: 'Plots on the map' },
  editions: { steps: 'What happened', kind: { create: 'Begun', submit: 'Submitted', return: 'Returned', approve: 'Approved', publish: 'Published', amend: 'Amendment begun', replace: 'Replaced by the next edition' }, on: 'Effective', at: 'Recorded', by: 'By', what: 'Step', note: 'Note', all: 'Editions of the year', compare: 'Compare with edition {n}', present: 'This edition', same: 'The two editions are the same', list: 'Differences', change: { added: 'Added', removed: 'Removed', changed: 'Changed' }, fields: 'What changed', field: { parcel: 'Parcel', name: 'Name', area_m2: 'Area (m²)', use_class: 'Class', housing_class: 'Housing', land_use_scheme: 'Land-use list', land_use_code: 'Land use', source: 'Source', method: 'Method', quarter: 'Quarter', month: 'Month', note: 'Note', region: 'District', region_id: 'District', geometry: 'Sketch', parcel_id: 'Parcel' }, choose: 'Compare with', none: 'Nothing' },
}
