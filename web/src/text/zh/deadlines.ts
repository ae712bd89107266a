export const deadlines = {
  title: '期限', hint: '逾期未办和近期到期的事项，默认只列与本岗位有关的。', filters: '筛选期限', within: '到期时间', days: '{n} 天内到期', which: '逾期', both: '逾期和近期', overdue: '逾期', soon: '未逾期',
  role: '岗位', mine: '本岗位（{role}）', roles: { all: '全部岗位', administrator: '系统管理员', planner: '供地计划', registrar: '储备与地籍', listing_officer: '出让交易', track_officer: '部门经办', approver: '审批', viewer: '领导/只读' },
  sum: '共 {n} 项，其中逾期 {late} 项', kinds: '按事项筛选', due: '到期日', standing: '剩余', kind: '事项', what: '对象', late: '逾期 {n} 天', today: '今天到期', left: '还有 {n} 天',
  empty: '没有到期事项', emptyHint: '可放宽到期时间，或查看全部岗位。',
}
