export const legal = {
  label: 'Legal checks', fine: 'Nothing against a legal rule', fineMark: 'Clear',
  satisfied: 'What would satisfy it: {text}', source: 'Source: {source}', rule: 'Rule {id}', provisional: 'A year in it has no issued holiday calendar yet: the day is provisional.',
  override: {
    title: 'Make an exception', hint: 'For approvers only. Rules, figures, reason and document go into the audit log.',
    reason: 'Reason', document: 'Document it rests on', needReason: 'Give the reason for the exception', needDocument: 'Choose the document of the exception',
    hard: 'A precondition set by law: there is no exception.', approver: 'Meet the rule first, or have an approver make an exception.',
  },
  units: { day: 'days', workday: 'working days', month: 'months', year: 'years', times: 'times', ha: 'ha', m2: 'm²', yuan: 'yuan', yuan_per_m2: 'yuan/m²' },
}
