"""One law: a line is a product in both languages with what it costs; nothing here is a real brand.

A section begins with `== CODE | category | tax code | brands`, a brand being its name in both
languages and, in per cent, its prices. A line is `English | Chinese | SIZE PRICE; SIZE PRICE`; the
size `kg` means weighed, priced by the kilogram. Prices in euros.
"""

TABLE = """
== FRU | fruit | R |
Bananas | 香蕉 | kg 1.79
Bananas organic | 有机香蕉 | kg 2.29
Apples Gala | 嘉拉苹果 | kg 2.49
Apples Fuji | 富士苹果 | kg 2.79
Pears Conference | 康佛伦斯梨 | kg 2.69
Oranges | 橙子 | kg 2.19
Mandarins | 橘子 | kg 2.99
Grapes white seedless | 无籽白葡萄 | kg 3.99
Grapes red seedless | 无籽红葡萄 | kg 3.99
Peaches | 桃子 | kg 3.49
Watermelon | 西瓜 | kg 1.49
Lychees | 荔枝 | kg 7.99
Lemons | 柠檬 | 4 pcs 1.59
Mango | 芒果 | 1 pc 1.89
Pineapple | 菠萝 | 1 pc 2.99
Kiwis | 猕猴桃 | 6 pcs 2.49
Strawberries | 草莓 | 500 g 3.99
Blueberries | 蓝莓 | 250 g 3.49
== VEG | vegetables | R |
Potatoes waxy | 土豆 | kg 1.49
Sweet potatoes | 红薯 | kg 2.49
Onions | 洋葱 | kg 1.39
Carrots | 胡萝卜 | kg 1.29
Tomatoes on the vine | 串番茄 | kg 3.29
Peppers red | 红甜椒 | kg 4.49
Courgettes | 西葫芦 | kg 2.99
Aubergines | 茄子 | kg 3.29
Chinese cabbage | 大白菜 | kg 1.99
Pak choi | 小白菜 | kg 3.99
Ginger | 生姜 | kg 6.99
Garlic | 大蒜 | 3 pcs 1.29
Cucumber | 黄瓜 | 1 pc 0.89
Iceberg lettuce | 生菜 | 1 pc 1.29
Broccoli | 西兰花 | 500 g 1.99
Mushrooms brown | 褐蘑菇 | 250 g 1.69
Shiitake | 香菇 | 150 g 2.79
Spring onions | 葱 | 1 pc 0.69
Coriander | 香菜 | 1 pc 1.19
== BAK | bakery | R | Old Mill 老磨坊; Little Oven 小烤炉 120
Wheat rolls | 小麦面包卷 | 6 pcs 1.49
Sourdough loaf | 酸面包 | 750 g 3.79
Rye bread sliced | 切片黑麦面包 | 500 g 1.99
Toast white | 白吐司 | 500 g 1.29
Toast wholemeal | 全麦吐司 | 500 g 1.39
Baguette | 法棍 | 250 g 1.19
Croissants | 牛角包 | 4 pcs 2.29
Blueberry muffins | 蓝莓松饼 | 4 pcs 2.99
Apple cake | 苹果蛋糕 | 400 g 3.99
Red bean buns | 豆沙包 | 6 pcs 3.49
== DAI | dairy | R | Meadow Lane 草地巷; Kornhof 康和庄 135
Whole milk | 全脂牛奶 | 1 l 1.19; 500 ml 0.79
Low-fat milk | 低脂牛奶 | 1 l 1.09
Oat drink | 燕麦奶 | 1 l 1.79
Butter | 黄油 | 250 g 2.39
Natural yoghurt | 原味酸奶 | 150 g 0.45; 500 g 1.19
Strawberry yoghurt | 草莓酸奶 | 150 g 0.55
Cream | 淡奶油 | 200 g 0.99
Quark | 夸克奶酪 | 500 g 1.59
== CHE | cheese and delicatessen | R |
Gouda young | 嫩高达奶酪 | kg 9.90
Emmental | 埃曼塔尔奶酪 | kg 12.90
Mountain cheese | 高山奶酪 | kg 18.90
Feta | 菲达奶酪 | 200 g 2.49
Mozzarella | 马苏里拉奶酪 | 125 g 1.09
Cooked ham | 熟火腿 | kg 15.90
Salami | 萨拉米香肠 | kg 17.90
Olives marinated | 腌橄榄 | kg 14.90
Eggs free-range | 散养鸡蛋 | 6 pcs 2.19; 10 pcs 3.29
Tofu natural | 豆腐 | 400 g 2.29
== MEA | meat and fish | R |
Chicken breast | 鸡胸肉 | kg 10.99
Chicken whole | 整鸡 | kg 5.99
Pork belly | 五花肉 | kg 8.99
Minced beef | 牛肉馅 | kg 9.99
Beef stewing | 炖牛肉 | kg 14.99
Lamb chops | 羊排 | kg 24.90
Salmon fillet | 三文鱼片 | kg 27.90
Cod fillet | 鳕鱼片 | kg 24.90
King prawns | 大虾 | kg 22.90
Sausages for frying | 煎香肠 | 400 g 3.99
== FRO | frozen food | R | Northern Light 北极光; Polar Star 极星 125
Peas | 冷冻豌豆 | 750 g 1.99
Spinach | 冷冻菠菜 | 750 g 1.79
Berry mix | 冷冻混合莓 | 500 g 3.49
Pizza margherita | 玛格丽特披萨 | 350 g 2.49
Pizza with vegetables | 蔬菜披萨 | 380 g 2.79
Fish fingers | 鱼条 | 450 g 3.29
Chips | 冷冻薯条 | 1 kg 2.59
Dumplings pork and chives | 猪肉韭菜水饺 | 500 g 4.49
Dumplings vegetables | 蔬菜水饺 | 500 g 3.99
Vanilla ice cream | 香草冰淇淋 | 1 l 3.49
Chocolate ice cream | 巧克力冰淇淋 | 1 l 3.49
== RIC | rice, pasta and noodles | R | Golden Sheaf 金穗; Terra Bella 美田 140
Jasmine rice | 茉莉香米 | 1 kg 2.99; 5 kg 12.49
Basmati rice | 印度香米 | 1 kg 3.49
Spaghetti | 意大利细面 | 500 g 1.19; 1 kg 2.09
Penne | 斜管面 | 500 g 1.19
Egg noodles | 鸡蛋面 | 400 g 1.99
Rice noodles | 米粉 | 400 g 2.29
Wheat flour | 小麦粉 | 1 kg 0.89
== TIN | tins, sauces and spices | R | Harvest Road 丰收路
Tomatoes chopped | 番茄丁罐头 | 400 g 0.89
Tomato ketchup | 番茄酱 | 500 ml 2.29
Sweetcorn | 甜玉米罐头 | 285 g 1.19
Chickpeas | 鹰嘴豆罐头 | 400 g 0.99
Kidney beans | 红腰豆罐头 | 400 g 0.99
Tuna in oil | 油浸金枪鱼 | 140 g 1.79
Coconut milk | 椰浆 | 400 ml 1.69
Olive oil | 橄榄油 | 500 ml 6.99; 1 l 12.49
Sunflower oil | 葵花籽油 | 1 l 2.29
Sesame oil | 芝麻油 | 250 ml 3.99
Soy sauce light | 生抽酱油 | 250 ml 2.19; 500 ml 3.79
Soy sauce dark | 老抽酱油 | 500 ml 3.99
Rice vinegar | 米醋 | 500 ml 2.49
Oyster sauce | 蚝油 | 250 ml 2.99
Chilli sauce | 辣椒酱 | 200 ml 2.79
Mustard | 芥末酱 | 200 ml 1.19
Sea salt | 海盐 | 500 g 0.99
Black pepper ground | 黑胡椒粉 | 50 g 2.19
Sichuan pepper | 花椒 | 50 g 2.99
Cinnamon | 肉桂粉 | 40 g 1.79
Sugar | 白砂糖 | 1 kg 1.29
== BRE | breakfast | R | Sunny Side 晨光; Oakfield 橡田 130
Rolled oats | 燕麦片 | 500 g 0.99; 1 kg 1.79
Muesli with fruit | 水果麦片 | 750 g 3.49
Corn flakes | 玉米片 | 375 g 1.99
Strawberry jam | 草莓果酱 | 340 g 2.29
Apricot jam | 杏子果酱 | 340 g 2.29
Blossom honey | 百花蜂蜜 | 500 g 5.49
Hazelnut spread | 榛子酱 | 400 g 3.29
Peanut butter | 花生酱 | 350 g 2.99
== TEA | tea and coffee | R | Nine Hills 九山; Harbour Light 港灯 150
Green tea | 绿茶 | 100 g 4.99; 250 g 9.99
Oolong tea | 乌龙茶 | 100 g 6.99
Jasmine tea | 茉莉花茶 | 100 g 5.49
Black tea | 红茶 | 25 bags 2.49
Peppermint tea | 薄荷茶 | 25 bags 1.99
Ground coffee | 咖啡粉 | 250 g 3.99; 500 g 6.99
Coffee beans | 咖啡豆 | 1 kg 13.99
== SWE | sweets and biscuits | R | Little Fox 小狐狸; Maison Claire 克莱尔 160
Milk chocolate | 牛奶巧克力 | 100 g 1.19
Dark chocolate 70 % | 黑巧克力70% | 100 g 1.49
Butter biscuits | 黄油饼干 | 200 g 1.69
Oat biscuits | 燕麦饼干 | 200 g 1.89
Fruit gums | 水果软糖 | 200 g 1.29
Milk toffees | 奶糖 | 150 g 2.29
Wafer rolls | 蛋卷 | 150 g 1.99
== SNA | snacks and nuts | R | Crackle 脆脆; Golden Nut 金果 130
Potato crisps salted | 原味薯片 | 150 g 1.69
Potato crisps paprika | 红椒味薯片 | 150 g 1.69
Prawn crackers | 虾片 | 100 g 1.79
Rice crackers | 米果 | 150 g 2.29
Peanuts roasted | 烤花生 | 200 g 1.59
Cashews | 腰果 | 150 g 3.29
Walnuts | 核桃 | 200 g 3.79
Sunflower seeds | 葵花籽 | 200 g 1.49
Dried mango | 芒果干 | 100 g 2.49
"""
