export const legal = {
  label: '法定规则检查', fine: '未发现违反法定规则', fineMark: '通过',
  satisfied: '如何满足：{text}', source: '依据：{source}', rule: '规则 {id}', provisional: '所涉年度尚无国务院放假安排，日期为暂定。',
  override: {
    title: '例外办理', hint: '仅限有权审批人。规则、数字、理由和文件一并记入审计日志。',
    reason: '理由', document: '依据文件', needReason: '请填写例外理由', needDocument: '请选择例外的依据文件',
    hard: '法律规定的前置条件，不能例外。', approver: '须先满足规则，或由审批人例外办理。',
  },
  units: { day: '日', workday: '个工作日', month: '个月', year: '年', times: '次', ha: '公顷', m2: 'm²', yuan: '元', yuan_per_m2: '元/m²' },
}
