"""The words of headers: their roles in many languages, whatever their spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.lexicon import ROLES, is_heading, meaning, role, says_blank, says_zero
from sync.lexicon.vocabulary import vocabulary

HEADERS = {
    "sku": "Stok Kodu|Art.-Nr.|Cód.|ItemCode|MATNR|seller-sku|Variant SKU|cve_prod|Артикул|商品编码|商品番号|상품코드|Kode Barang|Artikelnummer|Varenummer|Código|Codice Articolo|Artikelcode|Référence|Код товара|Kod towaru|Product code|Item Number|Model Number|urun_id|Cikkszám|Κωδικός είδους|رقم الصنف|Mã hàng|รหัสสินค้า|Code article|Varukod|Tuotekoodi|Cod produs|Šifra|id|Handle|Product ID|物料号|型番|Ürün Kodu|Manuf. Part No. (MPN)|Inventory ID",
    "location": "Depo Kodu|Warehouse Code|WhsCode|WERKS|LGORT|source_code|Склад|仓库|倉庫名|창고코드|Lagerort|Magazzino|Entrepôt|Magazyn|Raktár|Αποθήκη|المستودع|Kho|Location|Store|Branch code|Bodega|Almacén|Centro|Depozit|Skladiště|storage_location|Filiale|拠点|倉庫コード|Depo Adı|Store Name|Warehouse|Site|Plant|Sloc|Storage Location",
    "quantity": "Stok Miktarı|On hand|Qty|Mik.|Кол-во|OnHand|LABST|afn-fulfillable-quantity|Variant Inventory Qty|existencia|stok_miktari|Libre utilización|Свободный остаток, кор./бочка|库存数量|在庫数|即時在庫数量|재고수량|Saldo|Lagerbestand|Quantidade em estoque|Giacenza|Voorraad|Quantité|Qté|Остаток на складе|Stan magazynowy|Ilość|Balance Qty|Physical QOH|OB QOH|Total stock|Güncel Stok|Konečný stav|Mennyiség|Ποσότητα|الكمية|Số lượng|จำนวนคงเหลือ|मात्रा|Stock on hand|SOH|QtyOnHand|Cantidad|Stock physique|Antal i lager|Lagersaldo|Beholdning|Varastosaldo|Stoc|Кількість|Залишок|Zaliha|Quantity|inventory_quantity|Current Stock|Lagermenge|Bestand|Menge|数量|現在庫|Miktar|Конечный остаток|Closing Balance Quantity|Qty. On Hand|Unrestricted",
    "available": "Available Qty|Disponibelt|Qty Available|Disponibelt lager|Verfügbarer Bestand|可用库存|Kullanılabilir",
    "reserved": "Reserved|Qty Reserved|Rezerve|Резерв склада",
    "minimum": "Min stock|Mindestbestand|Estoque mínimo|Reorder Level|Reorder Qty|Min Amount|kritik_seviye|Safety stock|最低库存",
    "name": "Наименование|Nama Barang|varetekst|Désignation|Product name|Item|Material|Texto breve de material|Ürün Adı|Номенклатура",
    "bin": "Lagerplatz|Bin location|Storage Bin|Rack No.|库位",
    "barcode": "EAN|Barcode|UBB KODU",
    "price": "Цена|Unit price|Valuation Rate|Price|Quantity Price 1|Alış Fiyatı|Sales Price|Cost|M.R.P.",
    "unit": "Unit of measure|UOM|Unidad medida base|Birim|Base Unit of Measure",
    "value": "Stock value|Balance Value|Valor libre util.",
    "other": "Opening Qty|In Qty|Minimum order quantity|Order Number|RAF ADET|Inspecc.de calidad|HS Code|Image Src|SKU of included item|Sıra No|库存长度|stalote|Qty sold|Sold|Damaged|Lead time",
    "transit": "Quantity on order|In transit|Stock en tránsito|Trans./Trasl.|Sipariş Miktarı|Товары в пути|Заказано",
    "date": "Expiration date|Last stock date|Stock date",
    "lot": "Lot number|NUMERO DE LOT",
    "serial": "Serial Number|Numéro de série",
    "category": "Category|Stock Status|Stock Type|Warengruppe",
    "total": "Total",
}
KNOWN = [(header, wanted) for wanted, headers in HEADERS.items() for header in headers.split("|")]

KINDS = """
    place anyplace plant country bin good stock code id sku model theirs foreign name count amount
    onhand physical total_held available reserved minimum transit moved blocked pack packed measure
    price value unit uom lot date barcode serial category variant flag total security person order
"""


@pytest.mark.parametrize(("header", "wanted"), KNOWN)
def test_a_header_has_its_role(header: str, wanted: str) -> None:
    """Words of any language and system say what a column is for."""
    assert role(header) == wanted


@pytest.mark.parametrize("header", [header for header, _ in KNOWN])
def test_spelling_does_not_matter(header: str) -> None:
    """Capitals, outer spaces and a star before it change nothing."""
    assert role(f" *{header} ") == role(header)
    assert not header.isascii() or not header.islower() or role(header.upper()) == role(header)


@pytest.mark.parametrize("header", ["", "   ", "POPTOYS", "Rua Padre Anchieta", "123", "x" * 5_000])
def test_what_is_not_known_has_no_role(header: str) -> None:
    """A name of a shop, a number, nothing and prose are told from known words."""
    assert role(header) is None


@given(st.text(max_size=60))
def test_any_text_is_a_header(text: str) -> None:
    """Nothing that can stand in a cell breaks the look-up, and what comes out is a role."""
    assert role(text) in {*ROLES, None}


def test_every_kind_of_word_is_used() -> None:
    """No list of words stands under a kind that no rule and no guess asks for: a typing error would hide it."""
    kinds = set().union(*vocabulary().phrases.values(), *vocabulary().stems.values())
    assert kinds == set(KINDS.split())


def test_a_minimum_beats_the_stock_and_a_price_the_quantity() -> None:
    """Of several things that a header names, the one that makes it no stock on hand decides."""
    assert [
        role(header) for header in ("Min Stock Qty", "Quantity Price 2", "Reserved Qty", "Qty on order")
    ] == [
        "minimum",
        "price",
        "reserved",
        "transit",
    ]


def test_compounds_are_taken_apart() -> None:
    """Words without a gap, of Germanic languages and in capitals, are known by their parts."""
    assert [
        role(header) for header in ("Lagerbestandsmenge", "Artikelbezeichnung", "STOKMIKTARI", "Depokodu")
    ] == [
        "quantity",
        "name",
        "quantity",
        "location",
    ]


def test_unknown_words_are_counted() -> None:
    """What is not known is a sign that a header names something of its own."""
    assert meaning("inventory_Basement").unknown == 1


def test_words_for_nothing_and_none_are_told_apart() -> None:
    """A dash is blank and says no number; nil is a number."""
    assert [says_blank(cell) for cell in ("-", "n/a", "yok", "0", "nil")] == [True, True, True, False, False]
    assert [says_zero(cell) for cell in ("Ноль", "nil", "-", "0")] == [True, True, False, False]


def test_a_heading_is_made_of_words_of_headers() -> None:
    """Every word of it is known; a name of goods is none."""
    assert is_heading("Product Code")
    assert not is_heading("Blue cotton shirt")
