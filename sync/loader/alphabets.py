"""What the languages of stock files look like in letters: by it, a wrong encoding is told from the right one.

Pure data. `letters` are those beyond a-z, `without` those of a-z that a language's own words do not have (j and w stand in loan
words of most, so few are listed), `words` some everyday ones whose other letters give them away, `singles` words of one letter, `never`
what does not occur inside a word.
"""

# ruff: noqa: RUF001 - letters of other languages are what this is about
from __future__ import annotations

import re
from typing import NamedTuple


class Language(NamedTuple):
    """The letters and some words of a language."""

    name: str
    script: str  # latin | cyrillic | greek
    letters: frozenset[str]
    without: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    singles: frozenset[str] = frozenset()
    never: re.Pattern[str] | None = None


def _latin(name: str, letters: str, *, without: str = "", **more: str) -> Language:
    return _language(name, "latin", letters, without=without, **more)


def _language(name: str, script: str, letters: str, *, without: str = "", **more: str) -> Language:
    return Language(
        name,
        script,
        frozenset(letters),
        frozenset(without),
        frozenset(more.get("words", "").split()),
        frozenset(more.get("singles", "")),
        re.compile(more["never"]) if "never" in more else None,
    )


WEST = (
    _latin(
        "German",
        "äöüßéèàáçñôê",
        words="größe stück stk länge höhe breite für grün weiß blau menge verfügbar über öl stärke gehäuse straße schlüssel zubehör",
    ),
    _latin(
        "French",
        "àâæçèéêëîïôœùûüÿ",
        singles="àô",
        never=r"ç(?![aàâoôu])",
        words="pièce pièces modèle à très crème boîte lumière après numéro côté matière première dernière où même système référence quantité désignation dépôt entrepôt réservé étiquette échelle câble lumière hiver été père mère",
    ),
    _latin(
        "Spanish",
        "áéíñóúü",
        singles="óáé",
        never=r"ñ(?![aeiouáéíóú])",
        words="año años niño niña niños tamaño pequeño pequeña español españa señal baño caña piña diseño código descripción almacén ubicación número artículo línea máximo mínimo categoría última montaña cañón puño estaño",
    ),
    _latin(
        "Portuguese",
        "áâãàçéêíóôõúü",
        singles="àéóáê",
        never=r"ã(?![oesin]|$)|õ(?!e)",
        words="não são mão pão ção caixa código descrição localização armazém preço mínimo máximo ação botão cartão cartões produção edição coleção estação unidade sabão algodão verão então padrão tensão",
    ),
    _latin(
        "Italian",
        "àèéìíîòóùú",
        singles="èéà",
        never=r"[àèéìòóùíú](?!$)",
        words="è più perché qualità quantità città caffè tè giù unità già così disponibilità attività capacità elasticità società giovedì",
    ),
    _latin("Catalan", "àçèéíïòóúü", words="codi descripció ubicació número línia caçar català"),
    _latin("Dutch", "áäéëèêíïóöúü", words="één ideeën geïsoleerd coördinaten reünie café"),
    _latin(
        "Danish",
        "æøåéö",
        singles="åø",
        without="q",
        words="størrelse rød grøn blå på læder køb lagerføres værdi måned første også mængde højde længde sæt træ båd",
    ),
    _latin(
        "Norwegian",
        "æøåéèêòóô",
        singles="å",
        without="q",
        words="størrelse rød grønn blå på skinn antall høyde lengde mørk også første sjø båt måler beholdning førstehjelp",
    ),
    _latin(
        "Swedish",
        "åäöéàü",
        singles="åö",
        words="färg röd grön blå på vägg störst längd höjd även själv låda båt antal väska kök hållare nätverk skåp för",
    ),
    _latin("Finnish", "äöåéü", words="määrä väri sähkö työ pöytä käsi hylly varastossa öljy"),
    _latin(
        "Icelandic",
        "áéíóúýþæöð",
        without="cqwz",
        never=r"^ð|þ$|þ[bcdfghklmnpqstvwxzð]|ýý",
        words="það þetta með við fyrir stærð lítið mikið verð fjöldi magn vöru vara vörunúmer lýsing",
    ),
    _latin(
        "English",
        "éèêëàâçïñôöü£",
        words="café piqué décor crème purée jalapeño rosé façade naïve crêpe soufflé sauté appliqué",
    ),
)
TURKISH = (
    _latin(
        "Turkish",
        "çğıöşüâîû\u0307",
        without="qx",
        never=r"^ğ|ğğ",
        words="adı ürün kırmızı sarı yeşil gümüş kağıt kâğıt satış alış sayısı kodu miktarı açıklama çelik plastik ışık aydınlatma beyaz boş küçük büyük dış iç ağaç ağır bağlantı baskı bıçak çanta çiçek değer eşya fırın fırça ısı kapı kutu lastiği mağaza sıcak soğuk taş uçlu yağ yaş yıl şişe diş ağız kadın erkek takı altın ayakkabı birliği",
    ),
)
CENTRAL = (
    _latin(
        "Polish",
        "ąćęłńóśźż",
        without="qvx",
        words="ilość części część mały duży biały żółty czerwony łożysko ręczny śruba gwoździe dostępność wartość jednostka książka wysokość szerokość długość górny więcej także są łącznik",
    ),
    _latin(
        "Czech",
        "áčďéěíňóřšťúůýž",
        without="qwx",
        singles="í",
        never=r"^ů",
        words="množství název číslo skladová žlutý červený černý bílý velký malý délka výška šířka příslušenství dřevo křeslo židle stůl kůže zboží cena měrná měřič",
    ),
    _latin(
        "Slovak",
        "áäčďéíĺľňóôŕšťúýž",
        without="qwx",
        never=r"[ŕĺ](?![bcčdďfghjklmnprsštvzž])",
        words="množstvo názov číslo žltý červený čierny biely veľký malý dĺžka výška šírka drevo stôl koža tovar",
    ),
    _latin(
        "Hungarian",
        "áéíóöőúüű",
        without="qwx",
        words="mennyiség név cikkszám készlet zöld kék fehér fekete nagy kicsi hosszú szélesség magasság bőr fűrész gép szűrő fűtő működő erős felső belső külső alsó",
    ),
    _latin(
        "Romanian",
        "ăâîşţșț",
        without="q",
        words="bucăţi cantităţi denumire mărime lăţime înălţime roşu galbenă albă neagră şi fără faţă hârtie",
    ),
    _latin(
        "Croatian",
        "čćđšž",
        without="qwxy",
        words="količina naziv šifra skladište žuta crna bijela veličina dužina širina kožni drvo čaša više",
    ),
    _latin(
        "Slovenian",
        "čšž",
        without="qwxy",
        words="količina naziv šifra skladišče rumena črna bela velikost dolžina širina",
    ),
    _latin("German", "äöüß", words="größe stück länge höhe für grün weiß menge verfügbar über"),
)
BALTIC = (
    _latin(
        "Lithuanian",
        "ąčęėįšųūž",
        without="qwx",
        words="kiekis pavadinimas kodas žalia mėlyna juoda balta dydis ilgis plotis aukštis vienetų sandėlyje likutis prekė prekės",
    ),
    _latin(
        "Latvian",
        "āčēģīķļņšūž",
        without="qwxy",
        words="daudzums nosaukums krājums noliktavā zaļš zils melns balts garums platums augstums preces vienība",
    ),
    _latin("Estonian", "äöõüšž", without="qwxy", words="kogus nimetus väärtus õli värv sõber töö pöörd mõõt"),
)
_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
CYRILLIC = (
    _language(
        "Russian",
        "cyrillic",
        _RUSSIAN,
        singles="авикосуя",
        never=r"^[ъь]|[ъь][ъьы]",
        words="шт шт. кг наименование количество остаток остатки склад код товар артикул цена ед изм цвет белый черный красный размер для на итого номенклатура единица",
    ),
    _language(
        "Ukrainian",
        "cyrillic",
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
        singles="аівйоузя",
        never=r"^[ъь]|[ъь][ъьы]",
        words="шт кг назва кількість залишок склад код товар артикул ціна од колір білий чорний розмір для на",
    ),
    _language(
        "Bulgarian",
        "cyrillic",
        "абвгдежзийклмнопрстуфхцчшщъьюя",
        singles="ависокя",
        never=r"^[ъь]|[ъь][ъьы]",
        words="бр кг име количество наличност склад код артикул цена",
    ),
    _language(
        "Serbian",
        "cyrillic",
        "абвгдђежзијклљмнњопрстћуфхцчџш",
        singles="аиоусук",
        words="ком кг назив количина стање магацин шифра артикал цена",
    ),
    _language(
        "Belarusian",
        "cyrillic",
        "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
        singles="аівзуя",
        never=r"^[ъь]|[ъь][ъьы]",
        words="шт кг назва колькасць склад код тавар",
    ),
)
GREEK = (
    _language(
        "Greek",
        "greek",
        "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
        singles="οηήτ",
        never=r"ς.|σ$",
        words="τεμ κωδικός περιγραφή ποσότητα υπόλοιπο αποθήκη είδος τιμή μονάδα και για με λευκό μαύρο",
    ),
)
LANGUAGES = tuple(
    {
        language.name: language
        for room in (TURKISH, CENTRAL, BALTIC, CYRILLIC, GREEK, WEST)
        for language in room
    }.values()
)

# Of 1000 letters of everyday text, about so many are this one; accents left out.
FREQUENT = {
    "cyrillic": dict(
        zip(
            "оеаитнсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґјљњћђџў",
            (109, 85, 80, 74, 63, 67, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 17, 16, 14, 12, 10, 9, 7, 6, 5, 4, 3, 3, 2, 1, 40, 5, 5, 1, 30, 5, 8, 8, 3, 1, 5),
            strict=True,
        )
    ),
    "greek": dict(
        zip("αοιετσνηυρπκμλςωδγχθφβξζψ", (120, 118, 100, 95, 80, 50, 65, 70, 45, 45, 40, 42, 33, 33, 40, 30, 20, 20, 14, 13, 12, 8, 6, 5, 2), strict=True)
    ),
}  # fmt: skip

# Signs that stand in stock files beside letters and digits, by where they may stand.
AFTER_LETTERS = frozenset("®™©°²³ªº…%”’»›„“†‡•·¹µ")
ANYWHERE = frozenset("\u00a0£€¥¢§°±²³¹µ¼½¾×÷–—‘’“”„‚‹›«»¿¡…•·©®™№ªº†‡‰¨´¸¯¬¦¤\u00adˆ˜ƒ₺₽₴¶")
BETWEEN_LETTERS = frozenset("’‘·°®™\u00ad\u00a0×•«»“”")
