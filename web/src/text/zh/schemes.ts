export const schemes = {
  status: { draft: '编制中', submitted: '已报审', approved: '已批准', withdrawn: '已撤回', spent: '已失效' },
  level: { district: '区级', city: '市级' },
  list: {
    title: '供地方案', hint: '地块出让或划拨前的方案：规划条件、价格、供应方式，经报审、批准后方可公告或公示。',
    name: '名称', number: '文号', method: '供应方式', level: '审批层级', status: '状态', parcels: '地块', area: '面积', approved: '批准日期', jurisdiction: '管辖区',
    anyMethod: '全部方式', anyLevel: '全部层级', anyStatus: '全部状态', anyJurisdiction: '全部管辖区', filters: '筛选供地方案', search: '名称、文号或地块', empty: '没有符合条件的供地方案', emptyHint: '请放宽筛选，或为净地编制方案。', more: '等 {n} 宗',
  },
  begin: {
    button: '编制方案', title: '编制供地方案', parcels: '地块编号', parcelsHint: '每行一个，须属于同一管辖区；用途、比例取自地块', name: '名称', nameHint: '不填则由地块生成', confirm: '开始编制', need: '请填写地块编号', of: '供地方案',
  },
  page: {
    land: '地块', uses: '用途与年限', terms: '规划条件与价格', evidence: '证明材料', steps: '办理过程', findings: '检查结果', edit: '修改', fine: '没有发现问题', missing: '报审前须补充', done: '已保存', sum: '{n} 宗，{area}',
  },
  land: {
    code: '地块', area: '面积', stage: '状态', before: '原用途', farmland: '原为农用地', collective: '原为集体土地', polluted: '列入土壤污染名录', relics: '地下文物', may: '可能有', no: '不在埋藏区', unknown: '未知', gone: '已不在方案中', facts: '原状', none: '无特别情况', title: '修改地块', add: '增加地块', remove: '移出 {code}', code2: '地块编号', map: '在地图上查看 {code}',
  },
  uses: { use: '用途', share: '比例', term: '年限（年）', shareUnit: '比例（%）', noTerm: '不设年限', years: '{n} 年', title: '修改用途与年限', add: '增加用途', remove: '移除该用途', badShare: '请填 0 至 100 的比例', badTerm: '请填年限', sum: '合计 {n}%' },
  terms: {
    title: '修改规划条件与价格', conditions: '规划条件', price: '价格决策', basic: '方案',
    title_: '名称', number: '方案文号', method: '供应方式', level: '审批层级', conditions_number: '规划条件文号', conditions_on: '出具日期', conditions_document: '规划条件文件', conditions_items: '载明内容', all: '全部载明', lacks: '未载明：{items}',
    benchmark: '基准地价', floor: '出让最低价', agreed: '协议价', reserve: '保留底价', fee: '新增建设用地费', compensation: '征地补偿', taxes: '税费', price_on: '定价日期', price_document: '定价文件', subsidy: '补贴、返还或奖励与地价挂钩', stock: '商品住宅去化周期', revived: '当年盘活住宅用地', months: '{n} 个月', note: '备注', hidden: '价格在成交前保密', none: '未填', perM2: '折合 {n} 元/m²', yes: '是', no: '否',
    wan: '万元', yuanM2: '元/m²', monthUnit: '个月', m2: 'm²', bad: '请填数字', ofFloor: '占基准地价',
  },
  evidence: {
    kind: { title: '产权清晰', compensation: '补偿到位', disputes: '无法律经济纠纷', planning: '位置、用途、容积率明确', site: '具备动工开发基本条件', archaeology: '考古调查、勘探', soil_survey: '土壤污染状况调查', soil_review: '土壤调查评审', conversion: '农用地转用审批', expropriation: '土地征收' },
    clean: '净地条件', before: '供地前提', shown: '有文件', toFollow: '文件待补', lacking: '未附', all: '全部地块', issued: '出具日期', document: '文件', note: '备注', put: '附证明', change: '更换', remove: '移除', title: '证明：{kind}', parcel: '适用地块', removeAsk: '移除“{kind}”的证明？', needDate: '请填出具日期', what: '事项', state: '情况', actions: '操作',
  },
  step: {
    create: '编制', submit: '报审', return: '退回', endorse: '区级意见', approve: '批准', withdraw: '撤回', spend: '失效',
    will: {
      submit: '报审后方案不能再修改，直到退回。', return: '退回编制，请说明原因。', endorse: '同意上报，由市级批准。报审人不能办理。', approve: '批准后，净地即可公告或公示；已在其后状态的地块保留原有历史。报审人不能批准。', withdraw: '撤回后方案终止，地块可另行编制方案。',
    },
    on: '生效', at: '登记', by: '办理人', what: '事项', note: '说明', date: '生效日期', number: '批准文号', document: '依据文件', confirm: '确认{step}', needNote: '请说明原因', future: '生效日期不能晚于今天（{today}）', missing: '方案内容不全', mine: '报审人不能审批同一方案', endorseFirst: '须先有区级意见', done: '已完成：{step}', exception: '例外：{reason}', title: '{step}：{name}',
  },
}
