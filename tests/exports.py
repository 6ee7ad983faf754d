"""The headers of stock exports of some hundred systems and habits, and what stands in their columns: made-up rows.

One line each: its name, then the columns as `Header:kind`. `@` marks the location (in a matrix all of them; elsewhere any
of those marked is right), `*` the SKU and `#` the quantity.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from sync.guess.profile import profiles
from sync.guess.shapes import Column, columns
from sync.rows import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS = 40
MARKS = "@*#"
TABLES = """
shopify_new|Handle:h|Title:n|Option1 Name:w|Option1 Value:w|HS Code:e|COO:e|*SKU:c|@Location:L|Bin name:e|Incoming (not editable):i|Unavailable (not editable):i|Committed (not editable):i|Available (not editable):i|#On hand (current):i|On hand (new):e
woocommerce|ID:q|Type:w|*SKU:c|Name:n|Published:f|Is featured?:f|Visibility in catalog:w|Short description:n|Tax status:w|In stock?:f|#Stock:i|Low stock amount:i|Backorders allowed?:f|Weight (kg):p|Sale price:p|Regular price:p|Categories:w|Images:u
magento_msi|@source_code:L|*sku:c|status:f|#quantity:p4
magento_products|*sku:c|store_view_code:e|attribute_set_code:w|product_type:w|name:n|price:p|weight:p|#qty:p4|out_of_stock_qty:z|use_config_min_qty:f|is_qty_decimal:f|allow_backorders:f|min_cart_qty:z|max_cart_qty:i
odoo_quant|@Location:L|*Product:c|Lot/Serial Number:c2|Package:e|Owner:e|#Quantity:i|Reserved Quantity:i|Unit of Measure:w
odoo_export|id:x|Name:n|*Internal Reference:c|Barcode:g|Sales Price:p|Cost:p|#Quantity On Hand:i|Forecasted Quantity:i|Unit of Measure:w
zoho|Item Name:n|*SKU:c|@Warehouse Name:L|#Stock On Hand:i|Committed Stock:i|Available for Sale Stock:i|Reorder Level:i
quickbooks|Product/Service Name:n|Sales Description:n|*SKU:c|Type:w|Sales Price / Rate:p|Taxable:f|Income Account:w|Purchase Description:n|Purchase Cost:p|#Quantity On Hand:i|Reorder Point:i|Inventory Asset Account:w
quickbooks_desktop|*Item:c|Description:n|Pref Vendor:w|Reorder Pt (Min):i|Max:i|#On Hand:i|On Sales Order:i|Available:i|Order:i|On PO:i|Next Deliv:d
square|Token:x|Item Name:n|Variation Name:w|*SKU:c|Description:n|Category:w|Price:p|@#Current Quantity Main Store:i|@#Current Quantity Airport:i|New Quantity Main Store:e|New Quantity Airport:e|Stock Alert Enabled Main Store:f|Stock Alert Count Main Store:i
lightspeed_r|System ID:x|UPC:g|EAN:e|*Custom SKU:c|Manufact. SKU:c2|Item:n|#Qty.:i|Price:p|Tax:f|Brand:w|Category:w|Default Cost:p
cin7|*SKU:c|Product Name:n|@Location:L|Bin:e|Batch:e|ExpiryDate:e|#OnHand:i|Allocated:i|Available:i|OnOrder:i|StockOnHandValue:p
fishbowl|*PartNumber:c|PartDescription:n|@Location:L|#Qty:i|UOM:w|Cost:p|QbClass:w|Date:d
netsuite|Internal ID:q|*Name:c|Display Name:n|@Location:L|#Location On Hand:i|Location Available:i|Location On Order:i|Location Committed:i|Location Average Cost:p
mb52_en|*Material:c|Material Description:n|@Plant:L|@Storage Location:L2|#Unrestricted:i|Base Unit of Measure:w|Stock in Transit:i|In Quality Insp.:i|Restricted-Use Stock:i|Blocked:i|Returns:i|Value Unrestricted:p
mb52_de|*Material:c|Materialkurztext:n|@Werk:L|@Lagerort:L2|#Frei verwendbar:i|Basismengeneinheit:w|Transit und Umlagerung:i|In Qualitätsprüfung:i|Nicht frei:i|Gesperrt:i|Retouren:i|Wert frei verw.:p
sap_tech|*MATNR:c|MAKTX:n|@WERKS:L|@LGORT:L2|#LABST:i|UMLME:i|INSME:i|EINME:i|SPEME:i|MEINS:w
b1_en|*Item No.:c|Item Description:n|@Warehouse:L|#In Stock:i|Committed:i|Ordered:i|Available:i|Item Price:p
bc|*No.:c|Description:n|#Inventory:i|Base Unit of Measure:w|Unit Cost:p|Unit Price:p|Vendor No.:c2
bc_loc|*Item No.:c|Description:n|@Location Code:L|#Quantity:i|Unit of Measure Code:w|Cost Amount (Actual):p
fo|*Item number:c|Product name:n|@Site:L|@Warehouse:L2|#Physical inventory:i|Physical reserved:i|Available physical:i|Ordered in total:i|On order:i
logo|*Malzeme Kodu:c|Malzeme Açıklaması:n|@Ambar No:L|Ambar Adı:L2|#Fiili Stok:i|Rezerve:i|Sevk Edilebilir Stok:i|Birim:w
netsis|*STOK_KODU:c|STOK_ADI:n|@DEPO_KODU:L|#BAKIYE:i|GRUP_KODU:w|SATIS_FIAT1:p
nebim|@Depo Kodu:L|Depo Adı:L2|*Ürün Kodu:c|Ürün Adı:n|Renk Kodu:w|Beden:w|#Envanter:i|Perakende Satış Fiyatı:p
mikro|*Stok Kodu:c|Stok İsmi:n|Renk:w|Beden:w|@Depo:L|#Miktar:i|Konsinye:i|Durum:w
tr_matrix|*Stok Kodu:c|Stok Adı:n|Birim:w|@#Merkez Depo:i|@#Ankara Şube:i|@#İzmir Şube:i|Toplam:i
moysklad|Код:c2|*Артикул:c|Наименование:n|#Остаток:i|Резерв:i|Ожидание:i|Доступно:i|Себестоимость:p|Сумма себестоимости:p|Дней на складе:i
ru_1c|@Склад:L|*Артикул:c|Номенклатура:n|Ед. изм.:w|#Конечный остаток:i
ru_1c_code|*Код:c|Наименование:n|Ед.:w|#Кол-во:i|Цена:p|Сумма:p
wb|Бренд:w|Предмет:w|*Артикул продавца:c|Артикул WB:x|Баркод:g|Размер вещи:w|#Количество:i
ua|*Код товару:c|Назва:n|@Склад:L|#Залишок:i|Ціна:p
subiekt|*Symbol:c|Nazwa:n|@Magazyn:L|#Stan:i|Rezerwacja:i|Dostępne:i|J.m.:w|Cena netto:p
pl_optima|*Kod:c|Nazwa:n|#Ilość:i|Wartość:p|Grupa:w
bling|ID Produto:x|*Código produto:c|Descrição Produto:n|@Depósito:L|#Quantidade:i|Preço de compra:p
br|*Código:c|Descrição:n|Unidade:w|#Saldo:i|Estoque mínimo:i|Preço venda:p|GTIN/EAN:g
protheus|@Armazem:L|*Produto:c|Descricao:n|#Saldo Atual:i|Qtd. Reservada:i|Qtd. Pedido Venda:i|Saldo Disponível:i
holded|Nombre:n|*SKU:c|@Almacén:L|#Stock:i|Coste:p|Precio:p
es_bodega|@Bodega:L|*Código:c|Descripción:n|U.M.:w|#Existencias:i|Costo Promedio:p|Costo Total:p
es_matrix|*Referencia:c|Descripción:n|@#Tienda Centro:i|@#Tienda Norte:i|@#Bodega Principal:i
es_aspel|*Clave:c|Descripción:n|Línea:w|@Almacén:L|#Existencias:i|Stock mínimo:i|Stock máximo:i|Por recibir:i|Apartados:i
sage_fr|*Référence article:c|Désignation:n|@Dépôt:L|#Stock réel:i|Stock à terme:i|Stock réservé:i|Stock commandé:i|PAMP:p
ebp_fr|*Code article:c|Libellé:n|Famille:w|#Stock réel:i|Stock virtuel:i|PV HT:p|Valeur du stock:p
presta_fr|ID:q|*Référence:c|Nom:n|Catégorie:w|Prix HT:p|#Quantité:i|Activé:f
danea|*Cod.:c|Descrizione:n|Tipologia:w|Categoria:w|U.m.:w|#Q.tà in giacenza:i|Impegnata:i|Disponibile:i|Ordinata:i|Scorta min.:i|Costo medio d'acq.:p
it_mag|@Magazzino:L|*Codice articolo:c|Descrizione:n|UM:w|#Esistenza:i|Impegnato:i|Ordinato:i|Disponibilità:i|Valore:p
exact_nl|*Artikelcode:c|Omschrijving:n|@Magazijn:L|#Voorraad:i|Gereserveerd:i|Vrije voorraad:i|In bestelling:i|Kostprijs:p
nl_simple|*Artikelnummer:c|Omschrijving:n|#Aantal:i|Locatie:e|Prijs:p
jtl|*Artikelnummer:c|Artikelname:n|GTIN:g|#Lagerbestand Gesamt:i|Verfügbarer Lagerbestand:i|In Aufträgen:i|Mindestbestand:i|EK Netto:p
de_lager|@Lagerort:L|*Artikelnr.:c|Bezeichnung:n|#Bestand:i|Reserviert:i|Mindestbestand:i|EK-Preis:p|Lagerwert:p
de_wawi|*Art.-Nr.:c|Bezeichnung 1:n|ME:w|#Menge:i|@Lager:L|EK:p
plenty|VariationID:x|*VariationNumber:c|@WarehouseName:L|#stockPhysical:i|reservedStock:i|stockNet:i|reorderLevel:i
fortnox|*Artikelnr:c|Benämning:n|@Lagerställe:L|#I lager:i|Disponibelt:i|Reserverat:i|Beställt:i|Inköpspris:p
visma_no|*Varenr:c|Varenavn:n|@Lagersted:L|#Beholdning:i|Reservert:i|Disponibel:i|I bestilling:i|Kostpris:p
dk|*Varenummer:c|Beskrivelse:n|@Lokation:L|#Lagerbeholdning:i|Reserveret:i|Disponibel:i
fi|*Tuotekoodi:c|Nimitys:n|@Varasto:L|#Saldo:i|Varattu:i|Tilattu:i|Hinta:p
cz|*Kód:c|Název:n|@Sklad:L|#Množství:i|MJ:w|Rezervováno:i|Nákupní cena:p
hu|*Cikkszám:c|Megnevezés:n|@Raktár:L|#Készlet:i|Foglalt:i|Egység:w|Nettó ár:p
ro|*Cod produs:c|Denumire:n|@Gestiune:L|UM:w|#Stoc:i|Preț:p|Valoare:p
gr|*Κωδικός:c|Περιγραφή:n|@Αποθήκη:L|#Υπόλοιπο:i|Δεσμευμένα:i|Τιμή:p
hr|*Šifra:c|Naziv:n|@Skladište:L|JM:w|#Količina:i|Cijena:p|Iznos:p
bg|*Код:c|Наименование:n|@Склад:L|Мярка:w|#Наличност:i|Цена:p
ar|*رقم الصنف:c|اسم الصنف:n|@المستودع:L|#الكمية:i|السعر:p
ne_jp|*商品コード:c|商品名:n|#在庫数:i|引当数:i|フリー在庫数:i|原価:p
smaregi|商品ID:x|*商品コード:c|商品名:n|@店舗名:L|#在庫数:i|発注点:i
jp_tana|@倉庫コード:L|倉庫名:L2|*品番:c|品名:n|単位:w|#現在庫数:i|単価:p|金額:p
ecount|@창고코드:L|창고명:L2|*품목코드:c|품목명:n|규격:w|#재고수량:i
kr_sabang|*품번코드:c|상품명:n|옵션명:w|바코드:g|#현재고:i|안전재고:i|판매가:p
jushuitan|款式编码:c2|*商品编码:c|商品名:n|颜色规格:w|@仓库:L|#实际库存数:i|订单占有数:i|可用数:i|采购在途数:i
yonyou|@仓库编码:L|仓库名称:L2|*存货编码:c|存货名称:n|规格型号:w|主计量单位:w|#现存数量:i|可用数量:i
kingdee|*物料编码:c|物料名称:n|@仓库:L|#库存量(主单位):i|可用量(主单位):i
tw|*料號:c|品名:n|規格:w|@庫別:L|#庫存數量:i|單位:w
accurate_id|*Kode Barang:c|Nama Barang:n|@Gudang:L|#Kuantitas:i|Satuan:w
id_matrix|*Kode:c|Nama Barang:n|Satuan:w|@#Gudang Utama:i|@#Toko Bandung:i|Harga:p
vn|*Mã hàng:c|Tên hàng:n|@Kho:L|ĐVT:w|#Số lượng tồn:i|Đơn giá:p|Thành tiền:p
th|*รหัสสินค้า:c|ชื่อสินค้า:n|@คลังสินค้า:L|#จำนวนคงเหลือ:i|หน่วยนับ:w|ราคา:p
en_matrix_plain|*SKU:c|Product:n|@#Leeds:i|@#York:i|@#Hull:i|Total:i
en_matrix_wh|*Item Code:c|Description:n|UOM:w|@#WH-A Qty:i|@#WH-B Qty:i|Total Qty:i
en_matrix_stock|*Item:c|Description:n|@#Stock - London:i|@#Stock - Paris:i|Price - London:p|Price - Paris:p
en_wide_br|*Code:c|@#Qty (Branch 1):i|@#Qty (Branch 2):i|Min Qty:i
ebay|*Custom label (SKU):c|Item number:x|Title:n|Variation details:w|#Available quantity:i|Format:w|Start price:p|Sold quantity:i|Watchers:i|Start date:d
amazon_listing|item-name:n|item-description:n|listing-id:x|*seller-sku:c|price:p|#quantity:i|open-date:d|asin1:x|product-id:g|fulfillment-channel:w
amazon_fba|snapshot-date:d|*sku:c|fnsku:c2|asin:x|product-name:n|condition:w|#available:i|pending-removal-quantity:i|inv-age-0-to-90-days:i|units-shipped-t7:i
lazada|Product ID:x|Product Name:n|*Seller SKU:c|#Quantity:i|Price:p|Special Price:p|Status:w
shopee|Kode Produk:x|Nama Produk:n|Kode Variasi:x|Nama Variasi:w|SKU Induk:e|*SKU:c|Harga:p|#Stok:i
etsy|TITLE:n|DESCRIPTION:n|PRICE:p|CURRENCY_CODE:w|#QUANTITY:i|TAGS:w|MATERIALS:w|IMAGE1:u|*SKU:c
bigcommerce|Item Type:w|Product ID:x|Product Name:n|*Product Code/SKU:c|Bin Picking Number:e|Price:p|Cost Price:p|#Current Stock Level:i|Low Stock Level:i|Category:w
prestashop|Product ID:q|Image:u|Name:n|*Reference:c|Category:w|Price (tax excl.):p|#Quantity:i|Status:f
tally|*Particulars:n|#Quantity:i|Rate:p|Value:p
busy|*Item Details:n|Unit:w|#Cl. Qty.:i|Cl. Amt.:p
erpnext|*Item Code:c|Item Name:n|Item Group:w|@Warehouse:L|Stock UOM:w|#Actual Qty:i|Planned Qty:i|Requested Qty:i|Ordered Qty:i|Reserved Qty:i|Projected Qty:i
openbravo|@Storage Bin:L|*Product Search Key:c|Product:n|#Quantity On Hand:i|UOM:w
wms|@Warehouse ID:L|Zone:w|Bin:c2|*Item Number:c|Lot:c2|Expiry:d|#Qty On Hand:i|Qty Allocated:i|Qty Available:i
retail|@Store #:L|Store Name:L2|*Style Number:c|Color:w|Size:w|UPC:g|#OH Units:i|OO Units:i|Retail $:p
epicor|*Part:c|Description:n|@Warehouse:L|Bin:c2|#On Hand Qty:i|Allocated Qty:i|UOM:w
syspro|*Stock Code:c|Description:n|@Warehouse:L|#Qty on Hand:i|Qty Allocated:i|Qty on Order:i|Unit Cost:p
jde|@Branch/Plant:L|*2nd Item Number:c|Description:n|Location:c2|Lot Number:e|#Quantity On Hand:i|Soft Commit:i|Hard Commit:i|Available:i
oracle|@Organization Code:L|*Item:c|Item Description:n|Subinventory:w|Locator:c2|#On-hand Quantity:i|UOM:w
infor|@Warehouse:L|*Item:c|Description:n|#Inventory on Hand:i|Inventory Allocated:i|Inventory Blocked:i|Economic Stock:i
"""
WORDS = {
    "n": ("Blue cotton shirt", "Mug large white", "Desk lamp arc brass", "Tea towel"),
    "w": ("Red", "Blue", "Pcs", "Large"),
    "f": ("1", "1", "0"),
    "L": ("A01", "B02", "C03"),
    "L2": ("Main hall", "North", "South"),
}


class Export(NamedTuple):
    """One table of the list above."""

    name: str
    headers: tuple[str, ...]
    kinds: tuple[str, ...]
    locations: tuple[int, ...]
    sku: int
    quantities: tuple[int, ...]


def exports() -> list[Export]:
    """Read the list."""
    return [_export(*line.split("|")) for line in TABLES.strip().splitlines()]


def _export(name: str, *cells: str) -> Export:
    marked: dict[str, list[int]] = {mark: [] for mark in MARKS}
    headers, kinds = [], []
    for at, cell in enumerate(cells):
        header, _, kind = cell.rpartition(":")
        while header[0] in MARKS:
            marked[header[0]].append(at)
            header = header[1:]
        headers.append(header)
        kinds.append(kind)
    return Export(name, tuple(headers), tuple(kinds), tuple(marked["@"]), marked["*"][0], tuple(marked["#"]))


def rows_of(export: Export) -> list[tuple[str, ...]]:
    """Make rows up: an item stands in each of three locations, where there are any."""
    step = 3 if "L" in export.kinds else 1
    return [
        tuple(_value(kind, at // step if kind == "c" else at, at) for kind in export.kinds)
        for at in range(ROWS)
    ]


def _value(kind: str, which: int, at: int) -> str:
    dice = random.Random(f"{kind}{which}")  # noqa: S311 - made-up rows
    if kind.startswith("L"):
        return WORDS[kind][at % 3]
    if kind in WORDS:
        return dice.choice(WORDS[kind]) + (f" {which}" if kind == "n" else "")
    made = {
        "c": f"AB-{1000 + which * 7 % 613 + which}",
        "c2": f"X{dice.randint(100, 999)}",
        "h": f"soft-item-{which}",
        "i": str(dice.randint(0, 120)),
        "z": "0",
        "q": str(which + 1),
        "x": str(dice.randint(10**9, 10**10)),
        "p": f"{dice.randint(1, 900)}.{dice.randint(10, 99)}",
        "p4": f"{dice.randint(1, 90)}.0000",
        "d": f"2024-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}",
        "e": "",
        "u": f"https://shop.example/{which}.jpg",
        "g": _gtin(f"869{dice.randint(10**8, 10**9 - 1)}"),
    }
    return made[kind]


def _gtin(digits: str) -> str:
    weighed = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return f"{digits}{(10 - weighed % 10) % 10}"


def looked_at(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Column]:
    """Profile a table as the loader would hand it over."""
    return columns(headers, headers, profiles(iter([block(rows, len(headers))]), len(headers)))


def block(rows: Sequence[Sequence[str]], width: int) -> Block:
    """Put rows into columns of text."""
    cells = tuple(pa.array([row[at] for row in rows], pa.string()) for at in range(width))
    return Block(np.arange(2, len(rows) + 2, dtype=np.int64), cells)
