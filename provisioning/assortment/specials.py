"""One law: what a till must treat otherwise than a tin of beans, one line each, is listed here.

A section begins as for food. A line is `English | Chinese | PRICE | attributes`; the attributes are
`name=value`, separated by blanks, and say what is special: `open_price` (the till asks for it),
`serial` and `lot` (asked for at the sale), `recalled` (lots that may not be sold), `age` (years),
`gift_card` (the line sells a voucher). What has `untracked=yes` keeps no stock.
"""

TABLE = """
== DEP | departments | R |
Groceries, various | 食品杂项 | 0.00 | open_price=yes untracked=yes
Fruit and vegetables, various | 果蔬杂项 | 0.00 | open_price=yes untracked=yes
== DNF | departments | S |
Household goods, various | 日用杂项 | 0.00 | open_price=yes untracked=yes
Flowers, various | 鲜花 | 0.00 | open_price=yes untracked=yes
== GFT | gift cards | Z |
Gift card, any value | 礼品卡（任意金额） | 0.00 | open_price=yes gift_card=yes untracked=yes
Gift card 25 | 25欧元礼品卡 | 25.00 | gift_card=yes untracked=yes
Gift card 50 | 50欧元礼品卡 | 50.00 | gift_card=yes untracked=yes
== CAF | coffee bar | S |
Coffee to go | 外带咖啡 | 2.40 | untracked=yes
Cappuccino to go | 外带卡布奇诺 | 2.90 | untracked=yes
== BAG | bags | S |
Paper carrier bag | 纸质购物袋 | 0.25 |
Cotton carrier bag | 棉布购物袋 | 1.99 |
== TOB | tobacco | S |
Cigarettes Blue Pack | 香烟（蓝盒） | 8.00 | age=18
Rolling tobacco | 烟丝 | 6.90 | age=18
== ELE | electronics | S |
Prepaid phone Nova 2 | 新星2预付费手机 | 39.90 | serial=yes
Bluetooth speaker Echo Bay | 回声湾蓝牙音箱 | 29.90 | serial=yes
== FOR | baby | R |
Infant milk 1 800 g | 婴儿配方奶粉1段800克 | 16.90 | lot=yes recalled=L2407
== FIS | meat and fish | R |
Smoked salmon 200 g | 烟熏三文鱼200克 | 5.99 | lot=yes recalled=R118
"""
