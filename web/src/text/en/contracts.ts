import type { Text } from '../zh'

export const contracts: Text['contracts'] = {
  stage: { in_force: 'In force', completed: 'Completed', rescinded: 'Rescinded', reclaimed: 'Reclaimed' },
  kind: { grant: 'Grant contract', allocation: 'Allocation decision' },
  idle: { none: 'Not idle', suspected: 'Suspected idle', confirmed: 'Confirmed idle', disposing: 'Idle, in disposal' },
  suspended: 'Suspended',
  hidden: 'not for your role',
  list: {
    title: 'Contracts', hint: 'Grant contracts and allocation decisions: price, hand-over, start, completion, standard land and idle land.', filters: 'Filter contracts',
    number: 'Number', lot: 'Lot', holder: 'Holder', signed: 'Signed', price: 'Price', paid: 'Paid', progress: 'Progress', state: 'State', area: 'Area (ha)',
    anyStage: 'Any state', anyKind: 'Any kind', anyIdle: 'Idle: any', anyOverdue: 'Overdue: any', anyUse: 'Any use', q: 'Number, lot, parcel, holder',
    empty: 'No contract fits', emptyHint: 'Widen the filter; a contract is signed once a lot is sold or its publicity is over.',
  },
  overdue: { payment: 'Payment overdue', delivery: 'Hand-over overdue', start: 'Start overdue', completion: 'Completion overdue' },
  tabs: { label: 'Pages of the contract', overview: 'Overview', money: 'Price', works: 'Permits and works', standard: 'Standard land', idle: 'Idle land', history: 'History' },
  facts: {
    title: 'Terms', number: 'Number', supervision_number: 'Supervision number', lot: 'Lot', scheme: 'Scheme', parcels: 'Parcels', holder: 'Holder', method: 'Way of supply', use_class: 'Main use', signed_on: 'Signed', price_yuan: 'Price', late_rate_permille: 'Late rate', permille: '{n} ‰ a day',
    planned_investment_yuan: 'Planned investment', built_due_m2: 'Area due to be built', conditions_items: 'Planning conditions stated', registered_on: 'Registered', area: 'Land area',
  },
  dates: { title: 'Agreed and actual', what: 'Milestone', agreed: 'Agreed', actual: 'Actual', standing: 'Standing', signing: 'Signing', paid: 'Paid in full', delivery: 'Hand-over', start: 'Start', completion: 'Completion', onTime: 'In time', late: '{n} ‹day/days› late', open: 'Not due yet', overdue: '{n} ‹day/days› overdue', extended: '{from} put off to {to}' },
  findings: 'Legal rules',
  money: {
    instalments: 'Instalments', part: 'No. {n}', due: 'Due', amount: 'Amount due', value: 'Amount', paid: 'Paid', settled: 'Settled', lateDays: 'Days late', lateFee: 'Late fee', sum: 'Total', payments: 'Payments', on: 'Paid on', by: 'Entered by', note: 'Note', none: 'No payment yet', noPrice: 'There is no price.',
    add: 'Enter a payment', reverse: 'Reverse', reversed: 'Reversed', reversal: 'Reverses {n}', yuan: 'Amount (10 000 yuan)', replacement: 'Enter the right payment with it', reason: 'Why it is reversed', needReason: 'Say why it is reversed', needAmount: 'Enter the amount', done: 'Payment entered', undone: 'Payment reversed', timeline: 'Payment timeline', chart: 'Due {due}: {amount}, paid {paid}', axis: 'Due and paid', left: '{n} missing',
  },
  works: {
    permits: 'Permits', permit: 'Permit', part: 'Part', number: 'Number', issued: 'Issued', until: 'Good until', lapsed: 'Lapsed', good: 'Good', noPermits: 'No permit yet', addPermit: 'Note a permit', next: 'Next step applied for', extend: 'Extend', extensions: 'Extensions', extendedTo: 'Extended to', done: 'Noted',
    kinds: { land_planning: 'Land planning permit', works_planning: 'Works planning permit', construction: 'Construction permit' }, parts: { whole: 'Whole', excavation: 'Excavation', basement: 'Basement', superstructure: 'Superstructure' },
    reports: 'Works', report: 'Report works', reportedOn: 'Inspected', foundation: 'Foundation', foundationDone: 'Foundation done', built: 'Area built on (m²)', invested: 'Invested', investedField: 'Invested (10 000 yuan)', taxesField: 'Of that taxes (10 000 yuan)', stopped: 'First day without work', goesOn: 'Works go on', noReports: 'No report on works yet',
    foundations: { deep_pit: 'Deep pit', piles: 'Piles', other: 'Other' }, extensionsTitle: 'Extensions', noExtensions: 'Nothing was put off', milestone: { start: 'Start', completion: 'Completion' }, none: 'Not given', percentField: 'Foundation done (%)',
  },
  standard: {
    title: 'Standard land', none: 'No indices are signed', noneHint: 'The notice of industrial standard land names its indices, which are signed with the contract; another edition can be signed here.', edition: 'Edition {n}, signed {date}', index: 'Index', target: 'Agreed', from: 'from {year}', least: 'at least {n}', most: 'at most {n}', actual: 'Actual', unknown: 'not given', metMark: 'Met', shortMark: 'Short',
    year: 'Year', state: 'Consequence', sign: 'Sign indices', measure: 'Enter a figure', step: 'Take a step', due: 'To be mended by', steps: 'Steps taken', states: { met: 'Met', short: 'Short', rectifying: 'To be mended', rectified: 'Mended', penalised: 'Penalised', released: 'Released' }, unjudged: 'Figures missing', sense: 'Sense', senses: { at_least: 'at least', at_most: 'at most' }, fromYear: 'From year', addIndex: 'Add an index', removeIndex: 'Remove', done: 'Entered', on: 'Date', note: 'Note',
  },
  idleTab: {
    clock: 'Idle clock', state: { unknown: 'No start agreed', running: 'Start not due yet', paused: 'Time left out', overdue: 'Start overdue', idle: 'A year without a start', recoverable: 'Two years without a start', building: 'Being built', completed: 'Completed' },
    milestone: { start: 'Start agreed', alarm: 'Alarm at {n} ‹month/months›', idle: 'One year', recovery: 'Two years', notice: 'Notice to be sent', answer: 'Answer due' }, passed: 'passed', today: 'Today', fee: 'Idle fee {n}', excluded: '{n} ‹day/days› left out', line: 'Dates of the idle clock', rule: 'Rule {id}', noDates: 'There is no date to count from.',
    exclusions: 'Time left out', noExclusions: 'No time is left out', addExclusion: 'Leave time out', end: 'Enter its end', reason: 'Reason', begins: 'From', ends: 'To', goesOn: 'goes on', reasons: { force_majeure: 'Force majeure', government_act: 'Act of government', preparatory_work: 'Necessary preparatory work' },
    cases: 'Inquiries', noCases: 'There is no inquiry', suspect: 'Suspect idleness', case: 'Inquiry {n}', suspected: 'Suspected', notice: 'Notice', answered: 'Answer', decided: 'Decided', outcome: 'Outcome', cause: 'Cause', feeDue: 'Idle fee', feePaid: 'Paid', disposal: 'Disposal', public: 'Published', closed: 'Closed',
    step: { notice: 'Send the notice', answer: 'Note the answer', decide: 'Decide', publish: 'Publish', dispose: 'Choose a disposal', pay_fee: 'Fee paid', close: 'Close' }, outcomes: { dismissed: 'Not idle', fee: 'Idle fee', disposal: 'Disposal, cause of government', recovery: 'Taken back without compensation' }, causes: { holder: 'Holder', government: 'Government' }, feeField: 'Fee (10 000 yuan; empty: as the law has it)', needOutcome: 'Choose an outcome', needDisposal: 'Choose a disposal',
  },
  history: { list: 'History', on: 'In force', what: 'Event', set: 'What it set', by: 'By', at: 'Entered', document: 'Document', override: 'Exception: {reason}', fields: { number: 'Number', supervision_number: 'Supervision number', holder: 'Holder', signed_on: 'Signed', price_yuan: 'Price (yuan)', late_rate_permille: 'Late rate (‰)', delivery_due_on: 'Hand-over agreed', start_due_on: 'Start agreed', complete_due_on: 'Completion agreed', planned_investment_yuan: 'Investment (yuan)', built_due_m2: 'Area due (m²)', paid_on: 'Paid in full', milestone: 'Milestone', from_on: 'Before', ground: 'Ground', step: 'Step' } },
  event: { sign: 'Sign', amend: 'Amend', pay: 'Paid in full', deliver: 'Hand over', register: 'Register', start: 'Start building', complete: 'Complete', extend: 'Extend', suspend: 'Suspend', resume: 'Resume', suspect_idle: 'Suspected idle', dismiss_idle: 'Not idle', confirm_idle: 'Found idle', dispose_idle: 'Idle land disposed of', end_idle: 'End of disposal', rescind: 'Rescind', reclaim: 'Reclaim' },
  act: {
    will: { deliver: 'The parcels become “delivered”.', register: 'Notes the day of the certificate; none before full payment.', start: 'The parcels become “started”; this needs a construction permit and progress of the foundation.', complete: 'The contract becomes “completed”.', extend: 'Puts an agreed day off: once, by a year at most.', amend: 'Changes the terms; the price stays, and instalments sum to it.', suspend: 'Contract and parcels are suspended; nothing else happens until they resume.', resume: 'The course goes on; a price paid meanwhile is recognised.', rescind: 'Ends the contract: the land returns to the reserve, its scheme is spent.', reclaim: 'Takes the land back: the contract ends, its scheme is spent.', sign: 'The lot is concluded, and the contract holds its parcels.' },
    on: 'In force from', note: 'Note', confirm: 'Confirm: {what}', done: 'Done: {what}', checking: 'Checking…', fine: 'No legal rule stands against it', refused: 'Not possible', more: 'More', milestone: 'What is put off', toOn: 'Until', ground: 'Ground', grounds: { idle: 'Idle for two years', public_interest: 'Public interest' }, needDate: 'Enter the date', needGround: 'Choose a ground', needChange: 'Say what is changed',
  },
  sign: { button: 'Sign a contract', title: 'Sign a contract or allocation decision', lot: 'Lot', needLot: 'Choose a lot', noLots: 'No lot waits for a contract', number: 'Contract number', needNumber: 'Enter a number', halves: 'First instalment (%)', firstDue: 'First due', lastDue: 'Balance due', investment: 'Investment (10 000 yuan)', built: 'Area due to be built (m²)', conditions: 'Planning conditions stated', conditionsHint: 'As in the scheme; a contract that leaves one out is void.', price: 'Price (10 000 yuan)', rate: 'Late rate (‰ a day)', holder: 'Holder (empty: the winner)', delivery: 'Hand-over', start: 'Start', complete: 'Completion', on: 'Signed on', standardAnnounced: 'Indices of the notice are signed with the contract and cannot be lowered; more can be added.', standardNone: 'The notice names no indices of standard land; enter those that were agreed on.', done: 'Contract signed' },
}
