"""One law: a garment is one line, and every size in every colour of it is a product of its own.

`English | Chinese | PRICE | sizes | colours`, under sections as for food; `-` for a single size.
"""

TABLE = """
== CLO | clothing | S | Plain & Good 平好
Crew-neck T-shirt | 圆领T恤 | 9.99 | S M L XL | white black navy
Polo shirt | 翻领衫 | 19.99 | M L XL | white navy
Linen shirt | 亚麻衬衫 | 29.99 | S M L | white blue
Hooded sweatshirt | 连帽卫衣 | 34.99 | S M L XL | grey black
Rain jacket | 雨衣外套 | 49.99 | S M L | yellow navy
Jeans straight | 直筒牛仔裤 | 39.99 | 30 32 34 36 | blue black
Cotton socks | 棉袜 | 4.99 | 35-38 39-42 43-46 | white black
Knitted hat | 针织帽 | 12.99 | - | grey red navy
Slippers | 拖鞋 | 14.99 | 38 40 42 44 | grey
== KID | children's clothing | S | Plain & Good 平好
Children's T-shirt | 儿童T恤 | 6.99 | 98 110 122 | white yellow
Children's leggings | 儿童打底裤 | 7.99 | 98 110 122 | navy red
Children's pyjamas | 儿童睡衣 | 15.99 | 98 110 122 | blue green
== TEX | home textiles | S | Everyday 天天
Bath towel | 浴巾 | 12.99 | 50x100 70x140 | white grey blue
Bed linen | 床上用品 | 29.99 | 135x200 155x220 | white green
Cushion cover | 靠垫套 | 8.99 | - | red green grey yellow
"""

COLOURS = {
    "white": "白色",
    "black": "黑色",
    "navy": "藏青色",
    "blue": "蓝色",
    "grey": "灰色",
    "yellow": "黄色",
    "red": "红色",
    "green": "绿色",
}
