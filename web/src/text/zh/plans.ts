export const plans = {
  status: { draft: '编制中', submitted: '已报审', approved: '已批准', published: '已公布', amended: '已调整' },
  list: {
    title: '供应计划', hint: '国有建设用地供应计划：每个管辖区、每个年度一份，按版次编制、报审、批准、公布；调整即编制新版次。',
    year: '年度', edition: '版次', status: '状态', name: '名称', jurisdiction: '管辖区', items: '宗数', area: '面积（公顷）', published: '公布日期',
    anyYear: '全部年度', anyStatus: '全部状态', filters: '筛选计划', empty: '没有符合条件的计划', emptyHint: '请放宽筛选，或编制新年度的计划。', of: '第 {n} 版',
  },
  begin: { button: '编制计划', title: '编制新年度计划', year: '年度', needYear: '请填写 1990 至 2099 之间的年度', confirm: '开始编制' },
  tabs: { label: '计划页面', progress: '进度', items: '地块', totals: '合计与检查', targets: '月度目标', map: '上图', editions: '版本' },
  step: {
    submit: '报审', return: '退回', approve: '批准', publish: '公布', amend: '调整（编制新版次）', export: '导出 XLSX', import: '导入 XLSX',
    will: { submit: '报审后，地块不能再修改，直到退回。', return: '退回编制，请说明原因。', approve: '批准本版次。报审人不能批准。', publish: '公布后即生效，替换现行版次；月度目标的基线从此不可更改。', amend: '以本版次为基础编制下一版次；公布之前，现行版次继续有效。' },
    date: '生效日期', note: '说明', needNote: '请说明退回原因', done: '已完成：{step}', findings: '须先解决', warnings: '请留意', confirm: '确认{step}', rows: '查看地块',
  },
  unit: { ha: '公顷', of: '公顷/月' },
  progress: {
    by: '分列', list: '分列进度', planned: '计划', plannedHa: '计划（公顷）', supplied: '已供', suppliedHa: '已供（公顷）', rate: '完成率', due: '应供', dueHint: '计划月份已结束的部分', gap: '应供未供', ahead: '超前 {n}', pace: '此后每月须供', over: '年度已结束',
    outside: '计划外供应', member: '类别', unsaid: '未填', plots: '{n} 宗', total: '合计', months: '各月计划与供应', month: '{n} 月', soFar: '累计', monthsList: '各月表', left: '还剩 {n} 个月', asOf: '截至 {date}，供应按合同或划拨决定生效日期统计',
    dimension: { total: '总量', class: '用途', housing_class: '住房类别', district: '区域', quarter: '季度', month: '月份', source: '来源', method: '供应方式' }, chart: '各月计划与供应柱状图', download: '下载 CSV',
    outsideTitle: '计划外供应的地块', outsideEmpty: '没有计划外供应', suppliedOn: '供应日期',
  },
  items: {
    list: '地块清单', filters: '筛选地块', plot: '地块', area: '面积（公顷）', use: '用途', source: '来源', method: '方式', timing: '时序', region: '区域', stage: '状态', supplied: '供应', carried: '结转自 {year}', unsurveyed: '未测', quarter: '{n} 季度', notYet: '未供', retired: '已分割或合并',
    sum: '{n} 宗，{area} 公顷，已供 {supplied} 公顷', search: '编号或名称', empty: '没有符合条件的地块', emptyHint: '请放宽筛选。', emptyDraft: '列入地块，或从 XLSX 导入，或结转上一年度未供应的地块。', all: '全部', any: '全部{what}', actions: '操作',
    chips: { supplied: '已供应', unsupplied: '未供应', carried: '结转', missing: '缺项：{what}', supplied_month: '{n} 月供应' }, missing: { structure: '结构', timing: '时序', parcel: '地块', use: '用途', class: '类别不符' },
    add: '列入地块', edit: '修改', remove: '移出', removeAsk: '把“{plot}”移出计划？', carry: '结转上年', removed: '已移出', saved: '已保存',
  },
  edit: {
    add: '列入地块', change: '修改地块', parcel: '地块编号', parcelHint: '未填的内容取自地块；未测地块留空', name: '名称', area: '面积（公顷）', use: '用途类别', housing: '住房类别', landUse: '用地代码（2023）', source: '来源', method: '供应方式', quarter: '季度', month: '月份', note: '备注', fromParcel: '取自地块', none: '未定', geometry: '示意范围（GeoJSON，可留空）', badGeometry: '不是 GeoJSON 面',
    stale: '{by} 已修改该地块：', field: '{field}：{before} → {after}', reread: '采用最新内容后重新填写',
  },
  carry: { title: '结转 {year} 年度未供应的地块', none: '{year} 年度没有可结转的地块', noneHint: '没有现行计划，或未供应的地块都已在本计划中。', planned: '原计划', choose: '选择 {plot}', all: '全选', confirm: '结转 {n} 宗', done: '已结转 {n} 宗，请补填时序' },
  totals: {
    enter: '录入文件合计', enterHint: '照计划文件所印录入，单位公顷；未印出的留空。', noArea: '不是面积', title: '合计表', hint: '“文件所载”为计划文件印出的面积，“明细合计”为地块相加；不符即提示，不作调整。', dimension: '项目', member: '类别', declared: '文件所载（公顷）', summed: '明细合计（公顷）', difference: '差额（公顷）', items: '宗数', list: '合计明细', findings: '检查结果', none: '没有问题', fine: '五项公布内容齐全，合计相符。', count: '{n} 项',
  },
  sheet: { title: '导入 XLSX', hint: '采用导出的版式：“供应计划明细”逐宗列出，“供应计划表”的“文件所载面积”为印出的合计。工作簿中没有的地块将移出计划。', file: '工作簿', check: '检查', apply: '导入', needFile: '请选择 XLSX 文件', would: '将新增 {added} 宗、修改 {changed} 宗、移出 {removed} 宗，{same} 宗不变；文件合计 {totals} 项。', done: '已导入：新增 {added}、修改 {changed}、移出 {removed}、不变 {same}' },
  targets: {
    kind: { siting: '项目选址', design: '方案设计', scheme: '供地方案', notice: '公告', listing: '挂牌', sale: '摘牌' }, standing: { undated: '未定月份', due: '本月应完成', later: '未到期', overdue: '逾期', met: '按期完成', met_late: '逾期完成' },
    board: '月度目标看板', list: '目标清单', none: '还没有月度目标', noneHint: '在“地块”中为地块设定供地方案、挂牌等月份。', undated: '未定月份', baseline: '基线 {month}', forecast: '预计 {month}', moved: '由 {from} 调整', reached: '{date} 完成', waiting: '待批：改为 {month}', lock: '每月最后 {n} 天为锁定期，期内调整须审批。',
    anyKind: '全部目标', anyStanding: '全部情况', filters: '筛选目标', change: '调整', decide: '审批', history: '记录', set: '设定目标', month: '月份', reason: '原因', note: '说明', needReason: '请选择原因', needMonth: '请选择月份', clearMonth: '不定月份', needNote: '请说明其他原因', locked: '该月已锁定，调整提交后须审批。', confirm: '提交调整', approve: '同意', refuse: '不同意', source: '出处',
    asked: '{actor} 申请：{from} → {to}（{reason}）', decided: { yes: '{actor} 同意', no: '{actor} 不同意', waiting: '待批', free: '无须审批' }, title: '{plot}：{kind}', done: '目标已调整', waits: '调整已提交，待批', noHistory: '没有调整记录', count: '{n} 项', setTitle: '设定月度目标', kindLabel: '目标',
  },
  map: { label: '计划上图', by: '着色', byClass: '按用途', byProgress: '按进度', lots: '范围内地块过多，只显示一部分，请放大。', progress: { supplied: '已供应', overdue: '逾期未供', due: '本月应供', later: '未到期', undated: '未定时序' }, list: '图上地块' },
  editions: { steps: '办理过程', kind: { create: '编制', submit: '报审', return: '退回', approve: '批准', publish: '公布', amend: '启动调整', replace: '被新版次替换' }, on: '生效', at: '登记', by: '办理人', what: '事项', note: '说明', all: '本年度各版次', compare: '与第 {n} 版比较', present: '本版次', same: '两版完全相同', list: '版本差异', change: { added: '新增', removed: '移出', changed: '修改' }, fields: '变化', field: { parcel: '地块', name: '名称', area_m2: '面积（m²）', use_class: '用途类别', housing_class: '住房类别', land_use_scheme: '用地分类', land_use_code: '用地代码', source: '来源', method: '供应方式', quarter: '季度', month: '月份', note: '备注', region: '区域', region_id: '区域', geometry: '示意范围', parcel_id: '地块' }, choose: '比较的版本', none: '不比较' },
}
