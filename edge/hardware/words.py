"""One law: whatever a cashier has to read exists in English and in Chinese.

`REFUSED` has the sentences about a scanned code by `message_code`, `SAID` those that drivers say.
"""

import re
from collections.abc import Mapping

import msgspec

from devices.gate import REFUSALS


class Message(msgspec.Struct, frozen=True):
    """A sentence in both languages; `code` is stable and for programs, empty where it has none."""

    en: str
    zh: str
    code: str = ""


_REFUSALS_ZH: Mapping[str, str] = {
    "scan-empty": "扫码枪送来空条码，请重新扫描。",
    "payment-code-no-tender": "这像是付款码。请先开始收款，再扫描。",
    "scan-cut": "只读到条码的一部分（{text}），请重新扫描。",
    "scan-trailing": "条码后面还有内容：{text}。请重新扫描。",
    "fnc1-missing": "此 GS1 条码开头缺少 FNC1 标记。请手工输入下方数字，并让人重新打印标签。",
    "fnc1-separator-missing": "此 GS1 条码两个字段之间缺少分隔符 FNC1。"
    "请手工输入下方数字，并让人重新打印标签。",
    "gs1-unreadable": "无法读取此 GS1 条码（{why}）。请手工输入下方数字。",
    "ai-twice": "此 GS1 条码有误：({ai}) 出现两次且内容不同。",
    "ai-empty": "此 GS1 条码有误：({ai}) 为空或含有不允许的字符。",
    "ai-needs": "此 GS1 条码有误：({ai}) 必须与 ({others}) 同时出现。",
    "ai-excludes": "此 GS1 条码有误：({ai}) 与 ({others}) 不能同时出现。",
    "ai-content": "此 GS1 条码有误：({ai}) {what}。",
    "price-decimals": "此条码中的价格小数位太多。",
    "check-digit": "{text} 读错或输错：末位应为 {wanted}，而不是 {found}。请重新扫描。",
}
_CONTENT_ZH: Mapping[str, str] = {
    "has a wrong check digit": "校验码错误",
    "is not a date": "不是有效日期",
    "is not a time": "不是有效时间",
    "does not begin with a country code": "开头不是国家代码",
    "is not a list of country codes": "不是国家代码列表",
    "does not begin with a currency code": "开头不是货币代码",
    "does not say which piece of how many": "没有说明是第几件共几件",
    "is neither 0 nor 1": "既不是 0 也不是 1",
    "is not a valid IBAN": "不是有效的 IBAN",
    "begins with a zero": "以零开头",
    "has wrong check characters": "校验字符错误",
}
_HERE: Mapping[str, tuple[str, str]] = {
    "product-unknown": (
        "No product has the code {text}. Look for it by its name, or call a manager.",
        "没有条码为 {text} 的商品。请按名称查找，或请店长处理。",
    ),
    "product-withdrawn": (
        "{text} was taken out of sale. Put it aside, or call a manager.",
        "{text} 已停止销售。请放在一边，或请店长处理。",
    ),
    "product-ambiguous": (
        "Several products have the code {text}. Choose one by its name.",
        "有多个商品使用条码 {text}。请按名称选择。",
    ),
    "code-unknown": (
        "{text} is no product, member card or payment code of this shop.",
        "{text} 不是本店的商品、会员卡或付款码。",
    ),
    "container": (
        "This is a shipping container's code. Scan the product inside.",
        "这是物流箱的条码，请扫描里面的商品。",
    ),
    "no-product-in-code": (
        "This GS1 barcode names no product. Look for another barcode on it.",
        "此 GS1 条码没有商品编号，请查找商品上的其他条码。",
    ),
    "scan-broken": (
        "Only part of a barcode arrived. Scan it again.",
        "只收到条码的一部分，请重新扫描。",
    ),
}
REFUSED: Mapping[str, tuple[str, str]] = {
    **{code: (text, _REFUSALS_ZH[code]) for code, text in REFUSALS.items()},
    **_HERE,
}
_SENTENCES = """\
printer-cover-open
the printer's cover is open; close it and print again
打印机盖开着，请合上；之后会自动打印
printer-paper-empty
the printer has no paper; put in a roll and print again
打印机缺纸，请装纸；之后会自动打印
printer-error
the printer reports an error; switch it off and on, then print again
打印机报错，请关机再开机
printer-offline
the printer is off-line; press its feed button or switch it off and on
打印机离线，请按走纸键或关机再开机
printer-silent
the printer does not answer; check its cable and power
打印机没有应答，请检查电缆和电源
print-in-doubt
nobody knows whether this was printed; look at the printer before repeating
不确定是否已打印，请先看打印机再决定是否重打
printer-disconnected
the printer was disconnected before this was printed
打印机在打印前断开了
label-head-open
the label printer's head is open; close it and print again
标签打印机的打印头开着，请合上
label-paper-empty
the label printer has no labels; put in a roll, print again
标签打印机缺纸，请装标签
label-ribbon-empty
the label printer has no ribbon; put one in, print again
标签打印机缺碳带，请装碳带
label-paused
the label printer is paused; press its feed button
标签打印机已暂停，请按走纸键
label-silent
the label printer does not answer; check its cable and power
标签打印机没有应答，请检查电缆和电源
scale-no-weight
the scale gave no weight; lift the goods and try again
秤没有给出重量，请拿起商品再试
scale-unstable
the scale does not come to rest; leave it alone
秤不稳定，请不要触碰
scale-empty
nothing lies on the scale
秤上没有商品
scale-over
too heavy for this scale
超出秤的最大称量
scale-under
too light for this scale
低于秤的最小称量
scale-not-ready
the scale is not ready; empty it, then zero it
秤未就绪，请清空并置零
scale-below-zero
the scale is below zero; empty it, then zero it
秤低于零点，请清空并置零
scale-busy
the scale is weighing already
秤正在称重
scale-silent
the scale does not answer; check its cable and power
秤没有应答，请检查电缆和电源
scale-disconnected
the scale was disconnected; check its cable and power
秤已断开，请检查电缆和电源
terminal-disconnected
the terminal was disconnected; check its cable and network
刷卡终端已断开，请检查电缆和网络
terminal-silent
the terminal does not answer; check its cable and power
刷卡终端没有应答，请检查电缆和电源
terminal-busy
the terminal is busy with a customer
刷卡终端正忙
terminal-in-doubt
the terminal cannot say whether this was charged; look at its last receipt, then settle it
刷卡终端无法确认是否已扣款，请查看其最后一张小票，再确认是否已付
terminal-asking
the result was lost; the terminal is being asked
结果丢失，正在查询刷卡终端
terminal-at-work
the terminal is busy with the customer; see its display
刷卡终端正在处理，请看其屏幕
paid
paid
已付款
not-charged
not charged
未扣款
paid-back
paid back
已退款
not-paid-back
not paid back
未退款
settled
settled by a person
已由人工确认
queued
waits for its turn
排队等待打印
printing
printing
正在打印
printed
printed
已打印
reader-disconnected
the reader was disconnected; take this inventory again
读写器已断开，请重新盘点
reader-silent
the reader does not answer; check cable and power
读写器没有应答，请检查电缆和电源
reader-busy
the reader is taking an inventory already
读写器正在盘点
label-error
the label printer reports an error; switch it off and on
标签打印机报错，请关机再开机
label-busy
the label printer is busy
标签打印机正忙
print-twice
this job waits in the printer's queue already
此任务已在打印队列中
print-queue-full
{count} jobs wait for the printer already
已有 {count} 个任务等待打印
print-impossible
this cannot be printed: {why}
内容无法打印（{why}）
scale-error
the scale reports an error of its own; switch it off and on, or call service
秤自身报错，请关机再开机，或联系维修
terminal-unfinished
the terminal did not finish; see its display
刷卡终端没有完成，请看其屏幕
terminal-amount
the terminal cannot take this amount or receipt number
刷卡终端不接受此金额或小票号
terminal-declined
declined (code {code})
被拒绝（代码 {code}）
terminal-refused
the terminal refused (code {code}); see its display
刷卡终端拒绝执行（代码 {code}），请看其屏幕
reversed
reversed by payment {payment}
已由付款 {payment} 撤销
reader-taken
the reader is in use by another program; close that connection first
读写器正被其他程序使用，请先关闭那个连接
reader-refused
the reader refused: {why} (code {code})
读写器拒绝执行（代码 {code}）
not-connected
{device} is not connected; check cable and power
{device} 未连接，请检查电缆和电源
closed-before
{device} was closed before this was done
{device} 在完成前已关闭
at-work
{device} is doing {job} already
{device} 正在处理其他任务
"""  # each is a code, then it in English, then in Chinese
_LINES = _SENTENCES.splitlines()
SAID: Mapping[str, Message] = {
    en: Message(en, zh, code)
    for code, en, zh in zip(_LINES[::3], _LINES[1::3], _LINES[2::3], strict=True)
}
_VALUE = re.compile(r"\\{(\w+)\\}")  # a name in braces, escaped
_FORMS = tuple(
    (re.compile(_VALUE.sub(r"(?P<\1>.+)", re.escape(en))), message)
    for en, message in SAID.items()
    if "{" in en
)


def refusal(code: str, values: Mapping[str, str]) -> Message:
    """Say what is wrong with a code."""
    en, zh = REFUSED[code]
    what = values.get("what", "")
    in_chinese = {**values, "what": _CONTENT_ZH.get(what, what)}
    return Message(en.format(**values), zh.format(**in_chinese), code)


def said(text: str) -> Message:
    """Say what a driver said, in Chinese too where its words are known."""
    if text in SAID:
        return SAID[text]
    for form, message in _FORMS:
        if found := form.fullmatch(text):
            return Message(text, message.zh.format(**found.groupdict()), message.code)
    return Message(text, text)
