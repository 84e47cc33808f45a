"""One law: the same lines as for food; what is taxed at the standard rate, and what is no food.

The size `each` is a piece without further words.
"""

TABLE = """
== DRI | drinks | S | Clear Spring 清泉; Kanto 关东 130
Mineral water still | 矿泉水 | 500 ml 0.49; 1.5 l 0.79
Mineral water sparkling | 气泡矿泉水 | 500 ml 0.49; 1.5 l 0.79
Cola | 可乐 | 330 ml 0.69; 1.5 l 1.49
Orange lemonade | 橙味汽水 | 1.5 l 1.39
Apple juice | 苹果汁 | 1 l 1.79
Orange juice | 橙汁 | 1 l 2.49
Iced tea lemon | 柠檬冰红茶 | 1.5 l 1.29
Soy milk drink | 豆浆饮料 | 250 ml 0.99
== ALC | beer and wine | S | Lindenhof 林登霍夫
Lager | 拉格啤酒 | 500 ml 1.09
Wheat beer | 小麦啤酒 | 500 ml 1.19
Beer alcohol-free | 无醇啤酒 | 500 ml 1.09
Riesling dry | 雷司令干白 | 750 ml 6.99
Pinot noir | 黑皮诺红酒 | 750 ml 8.99
Sparkling wine | 起泡酒 | 750 ml 5.99
Rice wine for cooking | 料酒 | 500 ml 3.49
== BAB | baby | S | Tiny Steps 小脚丫
Nappies size 3 | 纸尿裤3号 | 54 pcs 9.99
Nappies size 4 | 纸尿裤4号 | 48 pcs 9.99
Nappies size 5 | 纸尿裤5号 | 42 pcs 9.99
Wet wipes | 婴儿湿巾 | 80 pcs 1.79
Baby shampoo | 婴儿洗发水 | 250 ml 2.99
Baby cream | 婴儿润肤霜 | 150 ml 3.49
Dummy | 安抚奶嘴 | 2 pcs 4.99
== PET | pets | S | Good Friend 好伙伴; Whisker 须须 130
Cat food chicken | 鸡肉猫粮 | 100 g 0.65; 400 g 1.49
Cat food fish | 鱼肉猫粮 | 100 g 0.65; 400 g 1.49
Dog food beef | 牛肉狗粮 | 800 g 1.99
Dog biscuits | 狗饼干 | 500 g 2.49
Cat litter | 猫砂 | 10 l 5.99
Bird seed | 鸟食 | 1 kg 2.29
== CLE | cleaning | S | Bright Day 亮日; Ecolin 易可净 145
Washing-up liquid | 洗洁精 | 500 ml 1.29
All-purpose cleaner | 多用途清洁剂 | 1 l 1.99
Bathroom cleaner | 浴室清洁剂 | 750 ml 2.49
Glass cleaner | 玻璃清洁剂 | 500 ml 1.89
Dishwasher tablets | 洗碗机用洗涤块 | 40 pcs 6.99
Laundry detergent colour | 护色洗衣液 | 1.5 l 5.99
Laundry powder | 洗衣粉 | 2 kg 6.99
Fabric softener | 衣物柔顺剂 | 1 l 2.29
Sponges | 清洁海绵 | 5 pcs 0.99
Cleaning cloths | 抹布 | 3 pcs 1.99
== PAP | paper and foil | S | Soft Leaf 柔叶; Birchwood 桦林 120
Toilet paper 3-ply | 三层卫生纸 | 8 rolls 3.99; 16 rolls 7.49
Kitchen roll | 厨房纸 | 4 rolls 2.99
Tissues | 面巾纸 | 15 packs 1.99
Paper napkins | 餐巾纸 | 50 pcs 1.49
Aluminium foil | 铝箔纸 | 20 m 1.79
Baking paper | 烘焙纸 | 15 m 1.49
Cling film | 保鲜膜 | 30 m 1.59
Bin bags | 垃圾袋 | 20 pcs 1.99
Freezer bags | 冷冻保鲜袋 | 40 pcs 1.69
== BOD | body care | S | Pure Shore 净岸; Linea 丽妮雅 170
Shower gel | 沐浴露 | 250 ml 1.49
Hand soap | 洗手液 | 300 ml 1.29
Body lotion | 身体乳 | 400 ml 3.49
Hand cream | 护手霜 | 75 ml 1.99
Shampoo | 洗发水 | 300 ml 1.99
Conditioner | 护发素 | 200 ml 2.29
Toothpaste | 牙膏 | 75 ml 1.19
Toothbrush medium | 中毛牙刷 | 2 pcs 2.49
Deodorant | 除臭剂 | 50 ml 1.99
Sun cream SPF 30 | 防晒霜SPF30 | 200 ml 6.99
Shaving foam | 剃须泡沫 | 200 ml 1.99
Sanitary towels | 卫生巾 | 16 pcs 1.69
== HEA | health | S |
Plasters | 创可贴 | 20 pcs 1.79
Vitamin C tablets | 维生素C片 | 60 pcs 3.99
Cough drops | 润喉糖 | 75 g 1.59
Thermometer | 体温计 | each 7.99
Cotton buds | 棉签 | 200 pcs 0.99
Hand sanitiser | 免洗洗手液 | 100 ml 1.99
== KIT | kitchen | S | Everyday 天天
Frying pan 24 cm | 24厘米煎锅 | each 19.99
Saucepan 2 l | 2升汤锅 | each 24.99
Wok 30 cm | 30厘米炒锅 | each 29.99
Chef's knife | 主厨刀 | each 16.99
Chopping board | 砧板 | each 9.99
Chopsticks | 筷子 | 10 pcs 4.99
Soup bowls | 汤碗 | 4 pcs 12.99
Mug | 马克杯 | each 4.49
Glasses | 玻璃杯 | 6 pcs 9.99
Food containers | 保鲜盒 | 3 pcs 6.99
Tin opener | 开罐器 | each 3.99
Rice cooker 1.2 l | 1.2升电饭锅 | each 39.90
Kettle 1.7 l | 1.7升电热水壶 | each 27.90
Thermos flask | 保温杯 | 500 ml 14.99
== HOM | home and garden | S |
LED bulb E27 | E27 LED灯泡 | 2 pcs 5.99
Batteries AA | 5号电池 | 4 pcs 2.99; 8 pcs 4.99
Batteries AAA | 7号电池 | 4 pcs 2.99
Extension lead | 插线板 | 3 m 9.99
Tea lights | 茶蜡 | 50 pcs 3.49
Matches | 火柴 | 10 packs 0.99
Umbrella | 雨伞 | each 9.99
Clothes hangers | 衣架 | 10 pcs 4.99
Storage box 30 l | 30升收纳箱 | each 7.99
Potting soil | 营养土 | 20 l 4.49
Tomato seeds | 番茄种子 | each 1.99
Watering can | 洒水壶 | each 6.99
Screwdriver set | 螺丝刀套装 | 6 pcs 11.99
Adhesive tape | 胶带 | 50 m 1.49
== STA | stationery and toys | S |
Ballpoint pens | 圆珠笔 | 5 pcs 2.49
Pencils HB | HB铅笔 | 12 pcs 2.29
Notebook A5 | A5笔记本 | each 2.99
Copy paper A4 | A4复印纸 | 500 pcs 4.99
Envelopes | 信封 | 25 pcs 1.99
Birthday card | 生日贺卡 | each 2.50
Gift wrap | 包装纸 | 2 m 2.49
Crayons | 蜡笔 | 24 pcs 3.99
Playing cards | 扑克牌 | each 3.49
Jigsaw puzzle 500 | 500片拼图 | each 9.99
Toy car | 玩具小汽车 | each 3.99
Teddy bear | 泰迪熊 | each 14.99
== PRE | press and books | R |
Daily newspaper | 日报 | each 2.20
Weekly magazine | 周刊 | each 4.50
Cookery book | 烹饪书 | each 19.99
Paperback novel | 平装小说 | each 12.99
City map | 城市地图 | each 6.50
"""

SERVICES = """
== SVC | services | S |
Gift wrapping | 礼品包装 | each 2.50
Delivery to the door | 送货上门 | each 4.90
Trouser hemming | 裤脚修改 | each 9.90
"""
