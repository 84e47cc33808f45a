"""Every word of the status page, in English and in Chinese; a test keeps the two complete."""

from collections.abc import Mapping

LANGUAGES = ("en", "zh")

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Headquarters", "总部"),
    "chain": ("Chain", "连锁"),
    "stores_up": ("Stores connected", "在线门店"),
    "of_stores": ("of {count}", "共 {count} 家"),
    "sales_today": ("Sales", "销售笔数"),
    "net": ("Net sales", "净销售额"),
    "missing": ("Facts on the way", "待同步记录"),
    "attention": ("Need a person", "待处理"),
    "in_quarantine": ("in quarantine", "隔离"),
    "task": ("task", "任务"),
    "tasks": ("tasks", "任务"),
    "stores": ("Stores", "门店"),
    "store": ("Store", "门店"),
    "region": ("Region", "区域"),
    "link": ("Link", "连接"),
    "up": ("Connected", "已连接"),
    "cut": ("Cut off", "已断开"),
    "since": ("for {age}", "已持续 {age}"),
    "numbers": ("Numbers as of", "数据时间"),
    "ago": ("{age} ago", "{age}前"),
    "now": ("just now", "刚刚"),
    "never": ("never heard", "从未收到"),
    "sales": ("Sales", "销售笔数"),
    "facts": ("Facts held", "已存记录"),
    "unsynced": ("Not yet here", "未同步"),
    "agreement": ("Stock agrees", "库存核对"),
    "agrees": ("Agrees", "一致"),
    "agreed": ("Agreed then", "当时一致"),
    "facts-behind": ("Sales still on the way", "明细同步中"),
    "counters-behind": ("Counts still on the way", "数量同步中"),
    "nothing-yet": ("Nothing yet", "暂无数据"),
    "no_stores": ("No stores yet", "还没有门店"),
    "no_stores_hint": ("Make the first one known:", "先登记第一家门店："),
    "totals": ("Sales of the last days", "近日销售"),
    "day": ("Business day", "营业日"),
    "returns": ("Returns", "退货"),
    "voids": ("Voids", "作废"),
    "tax": ("Tax contained", "含税额"),
    "no_sales": ("No sales yet.", "还没有销售。"),
    "quarantine": ("Quarantine", "隔离区"),
    "no_quarantine": ("Every message was accepted.", "所有消息均已接受。"),
    "lane": ("Lane", "通道"),
    "reason": ("Reason", "原因"),
    "times": ("Times", "次数"),
    "last": ("Last", "最近"),
    "worklist": ("Worklist", "待办"),
    "no_tasks": ("Nothing needs a person.", "没有待办事项。"),
    "kind": ("Kind", "类型"),
    "detail": ("Detail", "说明"),
    "login": ("Sign in", "登录"),
    "login_hint": (
        "Paste an API token. An administrator makes one with",
        "请粘贴 API 令牌。管理员可用以下命令创建：",
    ),
    "token": ("Token", "令牌"),
    "wrong_token": ("This token is unknown or revoked.", "令牌无效或已撤销。"),
    "logout": ("Sign out", "退出"),
    "language": ("中文", "English"),
    "refreshed": ("Refreshes by itself every {seconds} seconds", "每 {seconds} 秒自动刷新"),
    "as_time": ("Time at headquarters: {time} UTC", "总部时间：{time} UTC"),
    "seconds": ("{count} s", "{count} 秒"),
    "minutes": ("{count} min", "{count} 分钟"),
    "hours": ("{count} h", "{count} 小时"),
    "days": ("{count} d", "{count} 天"),
    "closed": ("closed", "已停业"),
    "task_posted-twice": ("Posted twice", "重复入账"),
    "task_order-difference": ("Delivery differs", "到货差异"),
    "task_transfer-difference": ("Transfer differs", "调拨差异"),
    "task_transfer-unknown": ("Unknown receiver", "未知收货门店"),
    "task_shortfall": ("Shortfall", "缺货"),
    "task_restored": ("Restored rights", "恢复的可售权"),
}


def say(language: str, key: str, **values: object) -> str:
    """Return a text of the page in a language; a key without words is returned as it is."""
    pair = WORDS.get(key)
    if pair is None:
        return key
    return pair[LANGUAGES.index(language)].format(**values)


def choose(asked: str, accepted: str) -> str:
    """Choose the language: what was asked for, else the first accepted one that is spoken here."""
    if asked in LANGUAGES:
        return asked
    for part in accepted.lower().split(","):
        tag = part.split(";")[0].strip()
        for language in LANGUAGES:
            if tag.split("-")[0] == language:
                return language
    return LANGUAGES[0]
