"""One law: the demo's categories have a name in every language of the till."""

from collections.abc import Mapping

_CHINESE = {
    "baby": "母婴",
    "bags": "购物袋",
    "bakery": "烘焙",
    "beer and wine": "酒类",
    "body care": "个人护理",
    "breakfast": "早餐",
    "cheese and delicatessen": "奶酪熟食",
    "children's clothing": "童装",
    "cleaning": "清洁用品",
    "clothing": "服装",
    "coffee bar": "咖啡吧",
    "dairy": "乳品",
    "departments": "部门",
    "drinks": "饮料",
    "electronics": "电器",
    "frozen food": "冷冻食品",
    "fruit": "水果",
    "gift cards": "礼品卡",
    "health": "保健",
    "home and garden": "家居园艺",
    "home textiles": "家纺",
    "kitchen": "厨房用品",
    "meat and fish": "肉类水产",
    "paper and foil": "纸品保鲜",
    "pets": "宠物",
    "press and books": "报刊图书",
    "rice, pasta and noodles": "米面",
    "services": "服务",
    "snacks and nuts": "零食坚果",
    "stationery and toys": "文具玩具",
    "sweets and biscuits": "糖果饼干",
    "tea and coffee": "茶与咖啡",
    "tins, sauces and spices": "罐头调味",
    "tobacco": "烟草",
    "vegetables": "蔬菜",
}


def category_names() -> dict[str, Mapping[str, str]]:
    """Give the rule `categories`: the name of each per language."""
    return {code: {"en": code.capitalize(), "zh": name} for code, name in _CHINESE.items()}
