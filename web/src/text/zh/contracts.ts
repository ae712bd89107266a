export const contracts = {
  stage: { in_force: '履行中', completed: '已竣工', rescinded: '已解除', reclaimed: '已收回' },
  kind: { grant: '出让合同', allocation: '划拨决定书' },
  idle: { none: '未闲置', suspected: '疑似闲置', confirmed: '认定闲置', disposing: '闲置处置中' },
  suspended: '中止',
  hidden: '无权查看',
  list: {
    title: '合同', hint: '出让合同和划拨决定书：价款、交地、动工、竣工、标准地承诺和闲置处置。', filters: '筛选合同',
    number: '编号', lot: '宗地', holder: '受让人', signed: '签订日期', price: '价款', paid: '已缴', progress: '进度', state: '状态', area: '面积（公顷）',
    anyStage: '全部状态', anyKind: '全部类型', anyIdle: '闲置：不限', anyOverdue: '逾期：不限', anyUse: '全部用途', q: '编号、宗地、地块、受让人',
    empty: '没有符合条件的合同', emptyHint: '请放宽筛选；宗地成交或公示期满后签订合同。',
  },
  overdue: { payment: '价款逾期', delivery: '交地逾期', start: '动工逾期', completion: '竣工逾期' },
  tabs: { label: '合同页面', overview: '概况', money: '价款', works: '许可与施工', standard: '标准地', idle: '闲置', history: '历程' },
  facts: {
    title: '合同内容', number: '编号', supervision_number: '电子监管号', lot: '宗地', scheme: '供地方案', parcels: '地块', holder: '受让人', method: '供应方式', use_class: '主要用途', signed_on: '签订', price_yuan: '价款', late_rate_permille: '违约金', permille: '{n} ‰/日',
    planned_investment_yuan: '总投资额', built_due_m2: '应动工开发面积', conditions_items: '合同载明的规划条件', registered_on: '不动产登记', area: '土地面积',
  },
  dates: { title: '约定与实际', what: '事项', agreed: '约定', actual: '实际', standing: '情况', signing: '签订', paid: '缴清价款', delivery: '交地', start: '动工', completion: '竣工', onTime: '按期', late: '逾期 {n} 日', open: '未到期', overdue: '已逾期 {n} 日', extended: '{from} 延至 {to}' },
  findings: '法定规则检查',
  money: {
    instalments: '分期价款', part: '第 {n} 期', due: '应缴日期', amount: '应缴', value: '金额', paid: '已缴', settled: '缴清日期', lateDays: '逾期天数', lateFee: '违约金', sum: '合计', payments: '缴款记录', on: '缴款日期', by: '登记人', note: '说明', none: '还没有缴款', noPrice: '该合同没有价款。',
    add: '登记缴款', reverse: '冲销', reversed: '已冲销', reversal: '冲销 {n}', yuan: '金额（万元）', replacement: '同时补记正确的缴款', reason: '冲销原因', needReason: '请填写冲销原因', needAmount: '请填写金额', done: '缴款已登记', undone: '缴款已冲销', timeline: '缴款时间线', chart: '{due} 应缴 {amount}，已缴 {paid}', axis: '应缴与已缴', left: '尚欠 {n}',
  },
  works: {
    permits: '许可证', permit: '许可证', part: '范围', number: '证号', issued: '核发', until: '失效日', lapsed: '已失效', good: '有效', noPermits: '还没有许可证', addPermit: '登记许可证', next: '已申请下一步', extend: '延续', extensions: '延期次数', extendedTo: '延续至', done: '已登记',
    kinds: { land_planning: '建设用地规划许可证', works_planning: '建设工程规划许可证', construction: '建筑工程施工许可证' }, parts: { whole: '整体', excavation: '土方基坑', basement: '地下工程', superstructure: '地上工程' },
    reports: '施工进度', report: '登记进度', reportedOn: '巡查日期', foundation: '基础', foundationDone: '基础完成', built: '已动工开发面积（m²）', invested: '已投资', investedField: '已投资（万元）', taxesField: '其中税费（万元）', stopped: '停工首日', goesOn: '施工中', noReports: '还没有施工进度',
    foundations: { deep_pit: '深基坑', piles: '桩基', other: '其他' }, extensionsTitle: '延期', noExtensions: '没有延期', milestone: { start: '动工', completion: '竣工' }, none: '未填', percentField: '基础完成（%）',
  },
  standard: {
    title: '标准地指标', none: '未签订标准地指标', noneHint: '工业用地“标准地”的指标在出让公告中载明，随合同签订；可在此补签新版次。', edition: '第 {n} 版，{date} 签订', index: '指标', target: '约定', from: '达产年度 {year} 起', least: '不低于 {n}', most: '不高于 {n}', actual: '实际', unknown: '未填', metMark: '达标', shortMark: '未达标',
    year: '年度', state: '处理', sign: '签订指标', measure: '登记实绩', step: '作出处理', due: '整改期限', steps: '处理记录', states: { met: '达标', short: '未达标', rectifying: '整改中', rectified: '已整改', penalised: '已追究违约', released: '解除监管' }, unjudged: '待填报', sense: '方向', senses: { at_least: '不低于', at_most: '不高于' }, fromYear: '达产年度', addIndex: '增加指标', removeIndex: '移除', done: '已登记', on: '日期', note: '说明',
  },
  idleTab: {
    clock: '闲置时钟', state: { unknown: '未约定动工', running: '未到动工期', paused: '不计入时间', overdue: '动工逾期', idle: '满一年未动工', recoverable: '满两年未动工', building: '已动工', completed: '已竣工' },
    milestone: { start: '约定动工', alarm: '满 {n} 个月提醒', idle: '满一年', recovery: '满两年', notice: '发出调查通知', answer: '书面说明' }, passed: '已过', today: '今天', fee: '闲置费 {n}', excluded: '不计入 {n} 日', line: '闲置时钟日期', rule: '规则 {id}', noDates: '没有可计的日期。',
    exclusions: '不计入的时间', noExclusions: '没有不计入的时间', addExclusion: '登记不计入时间', end: '登记截止', reason: '原因', begins: '起', ends: '止', goesOn: '持续中', reasons: { force_majeure: '不可抗力', government_act: '政府行为', preparatory_work: '必需的前期工作' },
    cases: '闲置调查', noCases: '没有闲置调查', suspect: '疑似闲置，启动调查', case: '调查 {n}', suspected: '发现', notice: '调查通知', answered: '书面说明', decided: '认定', outcome: '结论', cause: '原因方', feeDue: '闲置费', feePaid: '已缴', disposal: '处置', public: '已公开', closed: '办结',
    step: { notice: '发出调查通知书', answer: '收到书面说明', decide: '作出认定', publish: '公开闲置信息', dispose: '确定处置方式', pay_fee: '缴纳闲置费', close: '处置完毕' }, outcomes: { dismissed: '不属闲置', fee: '征缴闲置费', disposal: '政府原因，处置', recovery: '无偿收回' }, causes: { holder: '使用权人', government: '政府' }, feeField: '闲置费（万元，不填按法定）', needOutcome: '请选择结论', needDisposal: '请选择处置方式',
  },
  history: { list: '合同历程', on: '生效', what: '事项', set: '内容', by: '办理人', at: '登记', document: '文件', override: '例外：{reason}', fields: { number: '编号', supervision_number: '电子监管号', holder: '受让人', signed_on: '签订', price_yuan: '价款（元）', late_rate_permille: '违约金（‰）', delivery_due_on: '约定交地', start_due_on: '约定动工', complete_due_on: '约定竣工', planned_investment_yuan: '总投资额（元）', built_due_m2: '应动工面积（m²）', paid_on: '缴清', milestone: '事项', from_on: '原约定', ground: '依据', step: '步骤' } },
  event: { sign: '签订', amend: '变更', pay: '缴清价款', deliver: '交地', register: '不动产登记', start: '动工', complete: '竣工', extend: '延期', suspend: '中止', resume: '恢复', suspect_idle: '疑似闲置调查', dismiss_idle: '排除闲置', confirm_idle: '认定闲置', dispose_idle: '处置闲置', end_idle: '闲置处置完毕', rescind: '解除合同', reclaim: '收回' },
  act: {
    will: { deliver: '地块转为“已交地”。', register: '记下不动产登记日期；价款未缴清不得登记。', start: '地块转为“已动工”；须有施工许可证和基础进度。', complete: '合同转为“已竣工”。', extend: '约定日期后延；每项一次，不超过一年。', amend: '变更合同内容；价款不变，分期合计须等于价款。', suspend: '合同和地块中止，恢复前不能办理其他事项。', resume: '恢复办理；中止期间缴清的价款随即确认。', rescind: '合同解除，地块回到储备，供地方案失效。', reclaim: '收回土地，合同终止，供地方案失效。', sign: '宗地转为“已签约”，合同接管地块。' },
    on: '生效日期', note: '说明', confirm: '确认{what}', done: '已办理：{what}', checking: '正在检查…', fine: '没有违反法定规则', refused: '不能办理', more: '更多事项', milestone: '延期事项', toOn: '延至', ground: '收回依据', grounds: { idle: '闲置满两年', public_interest: '公共利益' }, needDate: '请填写日期', needGround: '请选择依据', needChange: '请填写要变更的内容',
  },
  sign: { button: '签订合同', title: '签订合同或划拨决定', lot: '宗地', needLot: '请选择宗地', noLots: '没有待签约的宗地', number: '合同编号', needNumber: '请填写编号', halves: '首期比例（%）', firstDue: '首期应缴', lastDue: '余款应缴', investment: '总投资额（万元）', built: '应动工开发面积（m²）', conditions: '合同载明的规划条件', conditionsHint: '须与供地方案的规划条件一致，缺项合同无效。', price: '价款（万元）', rate: '违约金（‰/日）', holder: '受让人（不填为竞得人）', delivery: '约定交地', start: '约定动工', complete: '约定竣工', on: '签订日期', standardAnnounced: '出让公告载明的指标随合同签订，不得降低；可增加。', standardNone: '出让公告没有载明标准地指标；约定了指标的在此填写。', done: '合同已签订' },
}
