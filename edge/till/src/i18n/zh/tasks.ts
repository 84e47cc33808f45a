// One law: the sentences of the worklist in Simplified Chinese; the same keys as in English.

import type { Words } from '..';
import type { tasks as english } from '../en/tasks';

/** The sentences of the worklist. */
export const tasks: Words<typeof english> = {
  'stock.task.reserved-sold': '为网上订单预留的 {quantity} 已在柜台售出。',
  'stock.task.unknown-sku': '没有此编号的商品。',
  'stock.task.price':
    '售价为每 {sold_quantity} {sold_minor}，目录价为每 {price_quantity} {price_minor}，未经批准。',
  'stock.task.discount': '手工折扣 {off_minor}（原价 {gross_minor}）超过限额，未经批准。',
  'stock.task.tax': '按 {sold_ppm} 计税，税率应为 {rate_ppm}。',
  'stock.task.receipt-number': '小票号 {receipt} 也用于另一笔销售。',
  'stock.task.shift-unknown': '本店没有钱箱 {drawer} 的第 {shift} 班。',
  'stock.task.shift-closed': '钱箱 {drawer} 的第 {shift} 班已交班，请查看其下一份 Z 报表。',
  'stock.task.pay-out': '钱箱 {drawer} 支出现金，未经批准。',
  'stock.task.no-sale': '钱箱 {drawer} 无销售开箱，未经批准。',
  'stock.task.rounding': '现金舍入了 {rounding_minor}，最多只能 {most_minor}：请查看小票。',
  'stock.task.clock-ahead': '收银机 {till} 的时钟快 {minutes} 分钟，请校准。',
  'stock.task.clock-behind': '收银机 {till} 的时钟慢 {minutes} 分钟，请校准。',
  'stock.task.stranded': '节点拒收了 {till} 的一份单据，请查看隔离区第 {entry} 条。',
  'stock.task.receipt': '{fact}：其小票号或班次号之前已使用过。',
  'stock.task.twice': '此单据在 {first} 和 {second} 各记录了一次，请作废其中一份。',
  'stock.task.catalogue': '条码 {gtin} 不是有效的 GTIN，已略去，请总部更正。',
  'stock.task.card-not-credited': '无法向礼品卡 {card} 充入 {sold_minor}，可由总部补发。',
  'stock.task.card-void':
    '{receipt} 已作废，但 {card} 在 {terminal}（终端小票 {slip}）上的 {charged_minor} 尚未撤销。请打开该小票撤销，或在终端手工退款。',
  'stock.task.card-refund':
    '{receipt}：{refund_minor} 尚未退回银行卡。请在“小票与单据”中打开它并在终端（{terminal}）退款，或在该终端手工退款。',
  'stock.task.card-unbacked':
    '{receipt} 显示向银行卡退款 {refund_minor}，但没有可由终端办理的退货与之对应。请询问收银员；如确应退款，请手工退款。',
  'stock.task.card-wrong':
    '{terminal} 退回了 {back_minor}，而应退 {charged_minor}（终端小票 {slip}）。可能撤销了其他顾客的付款：请核对终端小票。',
  'stock.task.points-not-credited': '无法为会员 {member} 记入 {points} 积分，可由总部补发。',
  'stock.task.not-refunded': '退至{tender}的 {refund_minor} 无处可退，请重新发放。',
  'stock.task.not-taken-back': '礼品卡 {card} 中的 {spent_minor} 在收回前已被使用或转出。',
  'stock.task.serial-here': '{serial} 入库，但账上已在本店。',
  'stock.task.serial-gone': '{serial} 出库，但此前已出库。',
  'stock.task.serial-unknown': '{serial} 出库，但账上从未有过。',
  'stock.task.serial-foreign': '{serial} 无小票退回，且非本店售出。',
  'stock.task.serial-twice': '{serial} 在同一单据中出现两次。',
  'stock.task.count': '盘点结果不确定（{sheet}），请重新清点。',
  'stock.task.damaged': '到货破损 {quantity}。',
  'stock.task.claim': '到货破损 {quantity}，需索赔。',
  'stock.task.order-unknown': '没有订单 {order} 的记录。',
  'stock.task.transfer-unknown': '没有来自 {store} 的调拨 {transfer} 的记录。',
  'stock.task.over-order': '到货 {came_quantity}，订购 {expected_quantity}（{order}）。',
  'stock.task.over-transfer': '到货 {came_quantity}，发出 {expected_quantity}（{store}）。',
  'stock.task.unordered': '到货 {came_quantity}，未曾订购（{order}）。',
  'stock.task.unsent': '到货 {came_quantity}，对方未曾发出（{store}）。',
  'stock.task.late-order': '在订单 {order} 结束后到货。',
  'stock.task.late-transfer': '在调拨 {transfer} 结束后到货。',
  'stock.task.transfer-difference':
    '{store} 报告（{reason}）：发出 {sent_quantity}，收到 {came_quantity}。',
  'stock.task.transfer-damage':
    '{store} 报告（{reason}）：发出 {sent_quantity}，收到 {came_quantity}，其中破损 {damaged_quantity}。',
};
