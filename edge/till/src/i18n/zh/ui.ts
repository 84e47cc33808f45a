// One law: the words of the design system, in Simplified Chinese.
import type { Words } from '..';
import type { ui as english } from '../en/ui';

/** The words of the design system. */
export const ui: Words<typeof english> = {
  'ui.close': '关闭',
  'ui.cancel': '取消',
  'ui.back': '返回',
  'ui.done': '完成',
  'ui.ok': '确定',
  'ui.save': '保存',
  'ui.retry': '重试',
  'ui.dismiss': '收起此消息',
  'ui.erase': '退格',
  'ui.keypad': '数字键盘',
  'ui.pinDigits': '已输入 {n} 位',
  'ui.shortcuts': '快捷键',
  'ui.scanAnyTime': '任何时候都可以扫码，焦点在哪里都不影响。',
  'ui.loading': '正在加载',
};
