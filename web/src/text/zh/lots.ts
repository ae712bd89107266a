export const lots = {
  title: '公告与交易', hint: '公告、挂牌、摘牌及其期限；每一轮都留有编号和结果。', filters: '筛选', search: '出让编号', draft: '草稿',
  anyMethod: '全部方式', anyStage: '全部阶段', anyHold: '正常与中止', suspended: '中止', awaiting: '待办理', overdue: '逾期', provisional: '暂定',
  roundOf: '第 {n} 轮', hectares: '{n} 公顷', rounds: '历次轮次', hiddenName: '名称仅限有权人员查看', timeline: '经过', noEvents: '尚未公告。', document: '文件', clock: '系统按时办理',
  recorded: '{who} 记录于 {at}', overridden: '例外办理：{reason}',
  unit: { yuan: '元', wan: '万元' },
  view: { label: '视图', board: '看板', calendar: '日历', list: '列表', notices: '公告', undated: '日历和公告只显示今天的情况，不随查看日期变化。' },
  method: { tender: '招标', auction: '拍卖', listing: '挂牌', agreement: '协议', allocation: '划拨' },
  stage: { draft: '拟公告', announced: '已公告', open: '挂牌中', publicised: '公示中', awarded: '公示无异议', sold: '已成交', concluded: '已签约', failed: '未成交', terminated: '已终止', void: '竞得作废' },
  column: { draft: '拟公告', announced: '已公告', open: '挂牌中', publicity: '公示', sold: '已成交', concluded: '已签约', ended: '未成交' },
  event: {
    announce: '发布公告', publicise: '公示', open: '开始挂牌', suspend: '中止', resume: '恢复', sell: '成交', award: '公示期满', fail: '流拍', terminate: '终止', void_award: '竞得作废',
    conclude: '签约', amend: '补充公告', confirm: '成交确认书', publish_result: '公布结果',
  },
  will: {
    open: '开始接受报价，地块转为“挂牌中”。', suspend: '中止交易，期限停止，地块同时中止。', resume: '恢复交易，开始和截止时间按中止天数顺延。', sell: '成交给最高有效报价人，地块转为“已摘牌”。',
    award: '公示期满无异议，可以签订合同或核发划拨决定书。', fail: '本轮未成交，地块退回“供地方案已批”，可另行公告。', terminate: '终止本轮，地块退回“供地方案已批”。', void_award: '竞得结果作废，保证金不予退还，地块退回“供地方案已批”。',
    confirm: '已与竞得人签订成交确认书。', publish_result: '成交结果已向社会公布。',
  },
  act: {
    kind: '办理事项', date: '日期', time: '时刻', note: '说明', reason: '原因（或附文件）', needReason: '请填写原因或选择文件', refused: '目前不能办理，原因见上', confirm: '确认：{act}', done: '{number}：{act}已办理',
    top: '当前最高报价', bidder: '中标人', noticeOn: '恢复公告日期', closesOn: '顺延后的截止日期',
  },
  publish: { title: '发布公告', will: '{n} 宗地同时发布，条件自此固定；更改须发补充公告。', willAmend: '更改 {n} 宗地的条件。', date: '发布日期', confirm: '确认发布', done: '公告 {number} 已发布' },
  board: { column: '阶段', hint: '拖动卡片到下一阶段，或用卡片上的“办理”；先看规则检查，再确认。', none: '没有宗地', bids: '{bidders} 名竞买人，{bids} 次报价', act: '办理', actOn: '办理 {number}', all: '全部 {n} 宗' },
  calendar: {
    before: '上个月', after: '下个月', today: '本月', legend: '◇ 公告　▷ 开始　□ 截止或公示期满　■ 结束　△ 待办期限', empty: '本月没有安排', emptyHint: '换一个月份，或起草公告。',
    notice: '公告', open: '开始', close: '截止', end: '结束', publicity: '公示期满', confirm: '签确认书', result: '公布结果', refund: '退保证金',
  },
  list: { number: '出让编号', stage: '阶段', method: '方式', round: '轮次', area: '面积（公顷）', notice: '公告日', bids: '报价', empty: '没有符合条件的宗地', emptyHint: '放宽筛选，或起草公告并加入宗地。' },
  notice: {
    begin: '起草公告', confirm: '起草', number: '公告文号', titleField: '标题', centre: '交易中心', noCentre: '未指定交易中心', jurisdiction: '管辖区', lots: '宗地', publishedOn: '{date} 发布', supplement: '补充公告', supplements: '补充公告',
    original: '原公告', empty: '还没有公告', emptyHint: '起草公告，加入已批准供地方案的地块，再发布。', noLots: '公告里还没有宗地', noLotsHint: '加入已批准供地方案的地块。',
    amend: '起草补充公告', amends: '补充 {number}', amendTitle: '{title}（补充公告）', amendLot: '更改条件', amendHint: '时间只能延后；只发布有改动的条件。', keep: '记下改动', changed: '改 {n} 项',
  },
  lot: { add: '加入宗地', change: '修改', changeOf: '修改 {number}', drop: '撤出', dropOf: '撤出 {number}', save: '保存', scheme: '供地方案', pickScheme: '选择已批准的方案', noScheme: '没有可上市的方案' },
  terms: {
    title: '交易条件', noticeOn: '公告日期', opens: '开始', closes: '截止', start: '起始价', increment: '加价幅度', ceiling: '熔断价', deposit: '保证金', floor: '底价', floorHidden: '成交前仅限经办查看', reserve: '保留底价',
    price: '成交价', premium: '溢价率', winner: '竞得人', taker: '拟供对象', indicators: '标准地指标', indicatorsHint: '工业用地按“标准地”出让的，在此载明；随合同签订。', heldSince: '中止于', endedOn: '结束日期', confirmedOn: '确认书日期', resultOn: '结果公布', needMoney: '请填写金额（万元）',
  },
  duties: { title: '期限', done: '已办', open: '待办' },
  land: { title: '地块', area: '面积', mu: '亩', ha: '公顷', scheme: '供地方案：', map: '在地图上查看', shape: '地块形状：{codes}，上北，比例尺 {m} 米', north: '上北 ↑' },
  bidders: {
    title: '竞买人与保证金', add: '登记竞买人', change: '办理', changeOf: '办理 {name}', none: '还没有竞买人。', name: '竞买人', numbered: '{n} 号竞买人', qualified: '资格审查', yes: '通过', no: '未通过', open: '未审查', paid: '保证金到账日',
    end: '保证金处理', refunded_on: '退还', forfeited_on: '不予退还', credited_on: '抵作价款', shares: '份额（联合竞买用逗号隔开）', needShares: '请填写份额，如 60, 40', ownFunds: '保证金为自有资金', joint: '联合 {shares}', nothing: '目前没有可办理的事项。',
  },
  bids: { title: '报价', none: '还没有报价。', sealed: '投标文件开标前密封。', yuan: '报价', at: '报价时间', take: '录入报价' },
}
