// One law: the words of the customer screens, in Simplified Chinese; the same keys as in English.

import type { Words } from '..';
import type { customer as english } from '../en/customer';

/** The words of the customer screens. */
export const customer: Words<typeof english> = {
  'customer.lines': '您的商品',
  'customer.hello': '您好，{name}',
  'customer.points': '{n} 积分',
  'customer.earned': '本次可得 {n} 积分',
  'customer.added': '另加税',
  'customer.saved': '已优惠',
  'customer.savedAll': '本次共优惠 {amount}。',
  'customer.total': '合计',
  'customer.paid': '已付',
  'customer.due': '待付',
  'customer.paidTotal': '已付',
  'customer.inCash': '现金应付',
  'customer.rounding': '舍入',
  'customer.change': '找零',
  'customer.pay': '请付款',
  'customer.payCash': '请支付现金',
  'customer.payCard': '请按刷卡终端提示操作',
  'customer.thanks': '谢谢惠顾！',
  'customer.welcome': '欢迎光临',
  'customer.training': '练习模式：非真实销售',
};
