"""Every word that a receipt prints of its own is here, in each language; none is made up elsewhere.

Languages fall back to English, a word that is missing to its key.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "zh")

TEXTS: Mapping[str, tuple[str, str]] = {
    "receipt": ("Receipt", "销售小票"),
    "gift-receipt": ("GIFT RECEIPT", "礼品小票"),
    "return": ("RETURN", "退货单"),
    "void": ("VOID", "作废单"),
    "copy": ("COPY", "副本"),
    "training": ("TRAINING", "练习"),
    "no-value": ("Not a receipt. Nothing was sold.", "非有效小票，仅供练习"),
    "voided": ("VOIDED", "已作废"),
    "till": ("Till", "收银台"),
    "drawer": ("Drawer", "钱箱"),
    "shift": ("Shift", "班次"),
    "operator": ("Served by", "收银员"),
    "by": ("By", "经办人"),
    "approver": ("Approved by", "授权人"),
    "business-day": ("Business day", "营业日"),
    "original": ("Original", "原小票"),
    "no-original": ("Without receipt", "无小票"),
    "reason": ("Reason", "原因"),
    "detached": ("Sold while the till was offline", "离线收银"),
    "items": ("Items", "件数"),
    "subtotal": ("Subtotal", "小计"),
    "plus-tax": ("Tax", "税额"),
    "total": ("TOTAL", "合计"),
    "refund": ("REFUND", "退款"),
    "saved": ("You saved", "已优惠"),
    "price-was": ("Price changed, was", "改价，原价"),
    "approved": ("ok", "授权"),
    "serial": ("Serial no.", "序列号"),
    "lot": ("Lot", "批号"),
    "expiry": ("use by", "有效期至"),
    "gift-card": ("Gift card", "礼品卡"),
    "gift-balance": ("Balance of gift card", "礼品卡余额"),
    "manual": ("Discount", "折扣"),
    "promotion": ("Promotion", "促销"),
    "coupon": ("Coupon", "优惠券"),
    "member": ("Member price", "会员价"),
    "not-restocked": ("not for resale", "不再销售"),
    "tax": ("Tax", "税率"),
    "net": ("Net", "净额"),
    "tax-amount": ("Tax", "税额"),
    "gross": ("Gross", "含税"),
    "tax-id": ("VAT ID", "税号"),
    "points-earned": ("Points earned", "本次积分"),
    "points-balance": ("Points balance", "积分余额"),
    "reference": ("Ref.", "参考号"),
    "code": ("For returns, show this code", "退换货请出示此码"),
    "hold-code": ("Scan to go on with this basket", "扫码继续此单"),
    "signature": ("Signature", "签名"),
    "change": ("Change", "找零"),
    "rounding": ("Rounding", "舍入"),
    "cash": ("Cash", "现金"),
    "card": ("Card", "银行卡"),
    "voucher": ("Voucher", "代金券"),
    "gift": ("Gift card", "礼品卡"),
    "points": ("Points", "积分"),
    "exchange": ("Exchange", "换货"),
    "qr": ("Payment code", "扫码支付"),
    "pay_in": ("PAY-IN", "存入现金"),
    "pay_out": ("PAY-OUT", "支出现金"),
    "drop": ("CASH DROP", "现金上缴"),
    "no_sale": ("NO SALE", "开钱箱"),
    "shift-opened": ("SHIFT OPENED", "开班"),
    "float": ("Float", "备用金"),
    "held": ("HELD BASKET", "挂单"),
    "lines": ("Lines", "行数"),
    "x-report": ("X REPORT", "X 报表"),
    "z-report": ("Z REPORT", "Z 报表"),
    "opened": ("Opened", "开班"),
    "closed": ("Closed", "交班"),
    "printed": ("As of", "截至"),
    "sales": ("Sales", "销售"),
    "returns": ("Returns", "退货"),
    "voids": ("Voids", "作废"),
    "discounts": ("Discounts", "折扣"),
    "net-sales": ("Net sales", "销售净额"),
    "taxes": ("TAX", "税"),
    "tenders": ("TENDERS", "支付方式"),
    "expected": ("Expected", "应有"),
    "counted": ("Counted", "实点"),
    "over-short": ("Over/short", "长短款"),
    "cash-movements": ("CASH IN AND OUT", "现金收支"),
    "control": ("CONTROL", "稽核"),
    "no-sales": ("No-sales", "无销售开箱"),
    "overrides": ("Overrides", "改价与批准"),
    "reprints": ("Reprints", "重打小票"),
    "late": ("LATE SALES", "迟到销售"),
    "late-note": ("not in the sums above", "未计入以上合计"),
    "unsynced": ("Not yet at headquarters", "未同步"),
    "grand-total": ("Grand total", "累计总额"),
    "note": ("Note", "备注"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str = "en"

    def __call__(self, key: str) -> str:
        """Say a word; an unknown key says itself."""
        found = TEXTS.get(key)
        return found[self.language == "zh"] if found else key

    def label(self, key: str, value: str) -> str:
        """Say a word and what it is: `Reason: damaged`."""
        return f"{self(key)}{'：' if self.language == 'zh' else ': '}{value}"

    def pick(self, texts: Mapping[str, str], otherwise: str = "") -> str:
        """Choose from texts by language: this one, English, any."""
        for language in (self.language, "en"):
            if texts.get(language):
                return texts[language]
        return next((text for text in texts.values() if text), otherwise)
