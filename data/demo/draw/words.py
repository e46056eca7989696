"""The words of titles, descriptions and care labels in both languages."""

from __future__ import annotations

GENDERS = {
    "men": ("Men's", "男士"),
    "women": ("Women's", "女士"),
    "boys": ("Boys'", "男童"),
    "girls": ("Girls'", "女童"),
    "unisex": ("", "男女同款"),
}
FOR_GENDERS = {"men": "for Men", "women": "for Women", "boys": "for Boys", "girls": "for Girls", "unisex": ""}
PATTERNS = {
    "plain": ("", ""),
    "striped": ("Striped", "条纹"),
    "checked": ("Checked", "格纹"),
    "dotted": ("Polka-Dot", "波点"),
    "floral": ("Floral", "碎花"),
    "printed": ("Printed", "印花"),
    "graphic": ("Graphic", "印花图案"),
    "colour_block": ("Colour-Block", "拼色"),
    "camouflage": ("Camouflage", "迷彩"),
    "animal": ("Leopard-Print", "豹纹"),
}
SEASONS = {"spring": "春季", "summer": "夏季", "autumn": "秋季", "winter": "冬季", "all": ""}
# Title words of a material; metal and rubber go without saying where they are used.
MATERIALS = {
    "cotton": ("Cotton", "纯棉"),
    "linen": ("Linen", "亚麻"),
    "wool": ("Wool", "羊毛"),
    "cashmere": ("Cashmere", "羊绒"),
    "silk": ("Silk", "真丝"),
    "denim": ("Denim", "牛仔"),
    "leather": ("Leather", "真皮"),
    "suede": ("Suede", "磨砂皮"),
    "polyester": ("", ""),
    "nylon": ("Nylon", "尼龙"),
    "viscose": ("Viscose", "粘纤"),
    "velvet": ("Velvet", "丝绒"),
    "canvas": ("Canvas", "帆布"),
    "knit": ("Knit", "针织"),
    "down": ("Down", "羽绒"),
    "rubber": ("", ""),
    "metal": ("", ""),
    "straw": ("Straw", "草编"),
    "lace": ("Lace", "蕾丝"),
    "chiffon": ("Chiffon", "雪纺"),
    "satin": ("Satin", "缎面"),
    "corduroy": ("Corduroy", "灯芯绒"),
    "fleece": ("Fleece", "摇粒绒"),
}
FABRIC = {
    "cotton": (
        "The cotton is washed soft before sewing and breathes on warm days.",
        "精选棉料预缩水洗，柔软透气，亲肤不闷。",
    ),
    "linen": ("European linen keeps cool and gets softer with every wash.", "天然亚麻清凉透气，越洗越柔软。"),
    "wool": ("Fine wool warms without weight and keeps its shape.", "细支羊毛保暖轻盈，不易变形。"),
    "cashmere": (
        "Two-ply cashmere feels light, warm and never scratchy.",
        "双股羊绒纱线，轻暖细腻，贴身不扎。",
    ),
    "silk": ("Pure silk has a quiet shine and a cool hand.", "桑蚕丝面料光泽柔和，触感凉滑。"),
    "denim": (
        "Sturdy denim with a little stretch, washed for a worn-in feel.",
        "微弹牛仔布，水洗工艺，耐穿有型。",
    ),
    "leather": (
        "Full-grain leather that grows more handsome with the years.",
        "头层牛皮，质感细腻，越用越有味道。",
    ),
    "suede": ("Soft brushed suede with a warm, matt look.", "绒面皮料触感柔软，哑光质感高级。"),
    "polyester": (
        "The fabric is hard-wearing, quick to dry and hardly creases.",
        "面料耐磨快干，不易起皱，好打理。",
    ),
    "nylon": ("Light nylon sheds showers and packs small.", "轻量尼龙面料，防泼水，好收纳。"),
    "viscose": ("Flowing viscose drapes well and feels cool to the skin.", "粘纤面料垂坠顺滑，触肤凉爽。"),
    "velvet": ("Deep velvet pile shimmers when you move.", "丝绒质地细密，随光影流动，华贵优雅。"),
    "canvas": ("Tightly woven canvas takes years of daily use.", "加厚帆布织造紧密，结实耐用。"),
    "knit": ("A soft, elastic knit that moves with you.", "柔软针织，弹性舒适，活动自如。"),
    "down": ("Ninety per cent down keeps you warm far below zero.", "90%含绒量，蓬松轻暖，零下也不怕冷。"),
    "rubber": ("Skin-friendly rubber is washable and does not mind water.", "亲肤橡胶材质，防水易清洗。"),
    "metal": ("Polished metal, nickel-free and kind to the skin.", "抛光金属，不含镍，佩戴亲肤。"),
    "straw": ("Hand-woven natural straw, airy and light.", "天然草编，手工编织，轻盈透气。"),
    "lace": ("Fine lace with a soft lining.", "精致蕾丝，配柔软内衬。"),
    "chiffon": ("Airy chiffon with a lining falls in soft folds.", "轻盈雪纺带内衬，飘逸不透。"),
    "satin": ("Smooth satin catches the light and glides over the skin.", "缎面光泽细腻，顺滑贴肤。"),
    "corduroy": ("Fine-wale corduroy, soft and warm.", "细条灯芯绒，柔软保暖，复古耐看。"),
    "fleece": ("Warm fleece that dries fast and weighs little.", "摇粒绒轻暖速干，户外居家都舒服。"),
    None: ("Made with care, down to the last detail.", "做工考究，细节到位。"),
}
CARE = {
    "machine": ("Machine wash at 30 °C with like colours; do not tumble dry.", "30°C同色机洗，不可烘干。"),
    "hand": ("Hand wash cold, dry flat and iron on low.", "冷水手洗，平铺晾干，低温熨烫。"),
    "dry": ("Dry clean only; hang up to air between wears.", "仅可干洗，穿后悬挂通风。"),
    "leather": (
        "Wipe with a soft dry cloth, treat with leather cream and keep away from rain.",
        "软干布擦拭，定期皮革护理，避免淋雨。",
    ),
    "suede": ("Brush with a suede brush; keep dry.", "用绒面刷轻刷，保持干燥。"),
    "wipe": ("Wipe clean with a damp cloth; do not machine wash.", "湿布擦拭即可，不可机洗。"),
    "metal": ("Keep dry and polish with a soft cloth.", "避免沾水，软布擦拭保养。"),
    "perfume": ("Keep cool and out of the sun.", "置于阴凉处，避免阳光直射。"),
}
CARE_OF_MATERIAL = {
    "wool": "hand",
    "cashmere": "hand",
    "silk": "hand",
    "leather": "leather",
    "suede": "suede",
    "velvet": "dry",
    "canvas": "wipe",
    "rubber": "wipe",
    "metal": "metal",
    "straw": "wipe",
    "chiffon": "hand",
    "satin": "hand",
    "lace": "hand",
    "knit": "hand",
    None: "wipe",
}
# What is printed on the chest of a graphic top.
MOTIFS = {
    "mountain": ("a mountain range", "山脉"),
    "wordmark": ("the brand's lettering", "品牌字母"),
    "flower": ("a daisy", "雏菊"),
    "sun": ("a rising sun over waves", "海上日出"),
    "rocket": ("a rocket", "小火箭"),
    "heart": ("a big heart", "爱心"),
    "wave": ("a breaking wave", "海浪"),
    "star": ("a bold star", "星星"),
}
