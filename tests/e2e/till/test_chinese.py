"""Everything a cashier needs is there in Chinese, and a change of language changes no amount."""

import re
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from provisioning.demo.api import StoreApi
from tests.e2e.till.branch import Branch
from tests.e2e.till.cashier import Cashier
from tests.e2e.till.conftest import Visit

pytestmark = pytest.mark.xdist_group("till")


def test_a_day_in_chinese(shop: Branch, visit: Visit) -> None:
    cashier = visit(locale="zh-CN")
    page = cashier.page
    _begin(cashier, shop)
    basket = page.get_by_role("region", name="购物篮")
    for _ in range(3):
        cashier.scan(shop.code("SWE-001"))
    expect(basket.locator("strong").last).to_have_text("€2.38")
    expect(basket).to_contain_text("小狐狸 牛奶巧克力 100克")
    expect(basket).to_contain_text("巧克力买三付二")
    _switch_in_the_middle(page)
    cashier.key("F12")
    expect(page.get_by_role("region", name="收款")).to_be_visible()
    cashier.type("500")
    cashier.key("Enter")
    done = page.get_by_role("region", name="销售完成")
    expect(done).to_contain_text("€2.62")
    expect(done).to_contain_text("已存入门店节点")
    with closing(shop.manager()) as node:
        _judge_receipt(node, done.inner_text())
    _close(cashier)
    page.goto("/till/customer")
    cashier.sees("欢迎光临")


def _begin(cashier: Cashier, shop: Branch) -> None:
    page = cashier.page
    page.goto("/till/")
    page.get_by_label("本机令牌").fill(shop.admit("zh1"))
    cashier.press("开始设置")
    expect(page.get_by_role("heading", name="谁在收银？")).to_be_visible()
    page.get_by_role("button", name="Ana Lindqvist").click()
    expect(page.get_by_role("heading", name="Ana Lindqvist 的密码")).to_be_visible()
    cashier.type(shop.pins["ana"])
    cashier.key("Enter")
    cashier.press("未开班")
    cashier.sees("zh1 没有打开的班次")
    cashier.type("10000")
    cashier.press(re.compile("^以 .*100.00 开班"))
    cashier.sees("第 1 班")


def _switch_in_the_middle(page: Page) -> None:
    page.get_by_role("button", name="Switch to English").click()
    basket = page.get_by_role("region", name="Basket")
    expect(basket).to_contain_text("Little Fox Milk chocolate 100 g")
    expect(basket).to_contain_text("Chocolate: 3 for the price of 2")
    expect(basket.locator("strong").last).to_have_text("€2.38")
    page.get_by_role("button", name="改用中文").click()
    expect(page.get_by_role("region", name="购物篮")).to_contain_text("€2.38")


def _judge_receipt(node: StoreApi, screen: str) -> None:
    found = re.search(r"zh1-\d+-\d{6}", screen)
    assert found
    (sale,) = node.get("/sales", receipt=found[0])["sales"]
    paper = str(node.get(f"/till/receipts/{sale['id']}", form="json", language="zh"))
    for words in ("小狐狸 牛奶巧克力 100克", "巧克力买三付二", "2.38", "找零", "2.62", "谢谢惠顾"):
        assert words in paper, words


def _close(cashier: Cashier) -> None:
    page = cashier.page
    cashier.press("第 1 班")
    cashier.press("清点并交班")
    for piece, number in {"€50.00": 2, "€2.00": 1, "€0.20": 1, "€0.10": 1, "€0.05": 1}.items():
        page.get_by_role("textbox", name=f"{piece} 的数量", exact=True).fill(str(number))
    page.get_by_role("textbox", name="€0.01 的数量", exact=True).fill("3")
    cashier.press("完成清点")
    cashier.press("确认交班")
    expect(page.get_by_role("heading", name="Z 报表 1 · zh1")).to_be_visible()
    for words in ("相符", "营业额", "含税", "€2.38", "促销"):
        cashier.sees(words)
